"""What stands in the centre of this folder's tests."""

MARKET, SCHOOL = "v-cho-mau", "v-truong"  # nothing is asked at the market; at the school an order with one question
FEVER = "https://gatepost.example/form/thu|1"
