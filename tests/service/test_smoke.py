from service_bank import Bank
def test_smoke(bank: Bank) -> None:
    print(bank.org("2101"))
    print(bank.user("t11"))
