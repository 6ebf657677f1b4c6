from notifyctl.validate.schema.way import Way


def test_the_path_is_written_as_people_write_it() -> None:
    way = Way("a Pod", 0).key("spec", 1).key("containers", 2).item(0, 3).key("image", 4)

    assert way.path == "spec.containers[0].image"
    assert way.name == "`spec.containers[0].image`"


def test_at_the_top_the_document_has_its_own_name() -> None:
    assert Way("a Pod", 0).name == "a Pod"


def test_outwards_the_nearest_comes_first() -> None:
    way = Way("a Pod", 0).key("spec", 1).key("containers", 2)

    assert [each.shape for each in way.outwards()] == [1, 0]
