"""The declaration on the visitor's screen: asks page by page, keeps answers in memory only, hands over what is done."""
