"""An order is a request all the same."""

from huitong.method.words import Element, Fault
from huitong.review import review


def test_an_order_counts_as_the_request_and_as_a_fault() -> None:
    result = review("老大，别让我再等了。")
    assert Element.ASK in result.elements
    assert [f.code for f in result.faults] == [Fault.COMMAND]
