"""The province's daily report, as an annex to an official letter."""
