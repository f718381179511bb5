"""The card's table: six partitions, none on top of another, each on an erase block of the card."""

from image_build import layout


def test_partitions_follow_one_another_and_the_data_is_last() -> None:
    at = layout.ALIGN
    for number, partition in enumerate(layout.CARD, 1):
        assert partition.number == number
        assert layout.offset(partition.label) == at
        assert at % layout.ALIGN == 0
        at += partition.size
    assert layout.CARD[-1].label == "data"
    assert layout.image_size() == at + layout.ALIGN


def test_a_slot_is_a_boot_partition_and_a_root_of_the_same_size_as_the_other_slots() -> None:
    for one, other in zip(layout.SLOTS["a"], layout.SLOTS["b"], strict=True):
        assert layout.by_label(one).size == layout.by_label(other).size
        assert layout.by_label(one).kind == layout.by_label(other).kind


def test_every_identifier_is_another_and_always_the_same() -> None:
    names = ["card", *(partition.label for partition in layout.CARD), "root erofs", "root verity", "data ext4"]
    assert len({layout.uuid(name) for name in names}) == len(names)
    assert layout.uuid("card") == layout.uuid("card")
    assert len(layout.SALT) == 64


def test_the_technicians_partition_is_readable_by_root_alone_and_nothing_on_the_data_can_run() -> None:
    assert "umask=0077" in layout.by_label("GATEPOST").options
    assert {"nosuid", "nodev", "noexec", "data=ordered"} <= set(layout.by_label("data").options.split(","))
