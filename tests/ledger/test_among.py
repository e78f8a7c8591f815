"""``among`` finds what ``in`` finds, for one value, none and very many, of numbers, texts and foreign keys."""

from __future__ import annotations

import pytest

from biomoa.files.models import Shelf, StoredFile, StoredObject
from biomoa.ledger.models import Head
from biomoa.people.models import Organisation

NAMES = ('a "quoted" name', "이름 하나", "back\\slash 'and' 100 %", "tab\tand\nline", "🧬", "[1, 2]")


@pytest.fixture
def shelf(db: None) -> Shelf:  # noqa: ARG001
    group = Organisation.objects.create(code="lab", kind="group", name_ko="연구실", name_en="Lab")
    shelf = Shelf.objects.create(owner=group, center=group)
    for number, name in enumerate(NAMES):
        held = StoredObject.objects.create(sha256=f"{number:064d}", md5=f"{number:032d}", size_bytes=number)
        StoredFile.objects.create(shelf=shelf, name=name, name_key=name, object=held)
    return shelf


def test_texts_are_found_as_they_are(shelf: Shelf) -> None:
    for count in range(len(NAMES) + 1):
        found = StoredFile.objects.filter(shelf=shelf, name__among=NAMES[:count])
        assert {each.name for each in found} == set(NAMES[:count])
    assert not StoredFile.objects.filter(name__among=["a", "'; --", "%s", "1"]).exists()


def test_numbers_keys_and_relations_are_found(shelf: Shelf) -> None:
    files = list(StoredFile.objects.order_by("pk"))
    some = [each.pk for each in files[1:4]]
    assert set(StoredFile.objects.filter(pk__among=some).values_list("pk", flat=True)) == set(some)
    owned = Shelf.objects.filter(owner_id__among={shelf.owner_id, 10**18})
    assert list(owned) == [shelf]
    digests = (each.object_id for each in files[:2])
    assert StoredFile.objects.filter(object_id__among=digests, shelf__owner__code__among=["lab"]).count() == 2
    assert StoredFile.objects.exclude(pk__among=some).count() == len(files) - len(some)


def test_very_many_values_are_one_value_of_the_statement(
    shelf: Shelf,  # noqa: ARG001
    django_assert_num_queries: object,
) -> None:
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert StoredFile.objects.filter(pk__among=range(400_000)).count() <= len(NAMES)
        assert StoredObject.objects.filter(size_bytes__among=range(400_000)).update(size_bytes=7) == len(NAMES)


@pytest.mark.sqlite
def test_a_key_is_looked_up_not_walked_to(db: None) -> None:  # noqa: ARG001
    assert "SEARCH ledger_head USING" in Head.objects.filter(pk__among=range(1000)).explain()
