"""The operator's pages and the kiosks' enrolment. Shows times, gates and signals; knows no identity and opens none."""
