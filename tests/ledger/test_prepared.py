"""A prepared query finds what Django's own finds, in one statement that is written once."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Count

from biomoa.files.models import Quarantine, Shelf, StoredFile, StoredObject
from biomoa.ledger.models import Head
from biomoa.ledger.prepared import Prepared
from biomoa.people.models import Organisation, User

AT = datetime(2026, 11, 28, 1, 2, 3, 4000, tzinfo=UTC)


@pytest.fixture
def shelf(db: None) -> Shelf:  # noqa: ARG001
    group = Organisation.objects.create(code="lab", kind="group", name_ko="연구실", name_en="Lab")
    shelf = Shelf.objects.create(owner=group, center=group, closed={"ko": "닫힘", "n": [1, None]})
    for number, name in enumerate(("b", "a", "c")):
        held = StoredObject.objects.create(sha256=f"{number:064d}", md5=f"{number:032d}", size_bytes=2**40 + number)
        StoredFile.objects.create(shelf=shelf, name=name, name_key=name, object=held, is_public=name == "a")
    Quarantine.objects.create(file=StoredFile.objects.get(name="c"), reason="%s 100 %")
    StoredFile.objects.update(arrived_at=AT)
    return shelf


def test_objects_are_those_of_the_query(shelf: Shelf, django_assert_num_queries: object) -> None:
    built = []

    def build(key: UUID) -> object:
        built.append(key)
        found = StoredFile.objects.filter(shelf_id=key, is_current=True)
        return found.select_related("object", "quarantine", "shelf").order_by("name_key")

    query = Prepared(build)  # type: ignore[arg-type]
    expected = list(build(shelf.pk))  # type: ignore[call-overload]
    for _ in range(3):
        with django_assert_num_queries(1):  # type: ignore[operator]
            found = query(shelf.pk)
            assert [file.shelf.closed for file in found] == [{"ko": "닫힘", "n": [1, None]}] * 3
            assert [getattr(file, "quarantine", None) is not None for file in found] == [False, False, True]
        assert found == expected
        for one, other in zip(found, expected, strict=True):
            assert {k: v for k, v in vars(one).items() if k != "_state"} == {
                k: v for k, v in vars(other).items() if k != "_state"
            }
            assert one.arrived_at == AT and one.object.size_bytes == other.object.size_bytes
            assert not one._state.adding and one._state.db == "default"
    assert len(built) == 2, "once for the expectation, once for the statement"
    assert query(uuid4()) == []
    one = query.first(shelf.pk)
    assert one is not None and one.name == "a"
    one.name = "renamed"
    one.save()
    assert StoredFile.objects.get(pk=one.pk).name == "renamed"


def test_rows_are_those_of_the_query(shelf: Shelf) -> None:
    query = Prepared(
        lambda name, key: StoredFile.objects.filter(shelf_id=key, name=name).values_list("name", "arrived_at", "shelf")
    )
    assert query.rows("b", shelf.pk) == [("b", AT, shelf.pk)]
    assert query.rows("' OR 1=1 --", shelf.pk) == []
    counts = Prepared(
        lambda owner: (
            StoredFile.objects.filter(shelf__owner=owner).order_by().values_list("is_public").annotate(Count("pk"))
        )
    )
    assert dict(counts.rows(shelf.owner_id)) == {True: 1, False: 2}


@pytest.mark.usefixtures("shelf")
def test_the_same_value_may_stand_in_two_places_and_beside_a_text_of_its_own() -> None:
    query = Prepared(lambda name: StoredFile.objects.filter(name=name, name_key=name, shelf__state="draft"))
    assert [file.name for file in query("a")] == ["a"]


@pytest.mark.usefixtures("shelf")
def test_a_value_that_does_not_stand_as_it_was_given_is_refused() -> None:
    lists = Prepared(lambda name: User.objects.filter(email__contains=name))
    with pytest.raises(ValueError, match="as it was given"):
        lists("a")
    passed_over = Prepared(lambda name: User.objects.all())  # noqa: ARG005
    with pytest.raises(ValueError, match="as it was given"):
        passed_over("a")


@pytest.mark.django_db(transaction=True)
def test_a_lock_needs_a_transaction() -> None:
    query = Prepared(lambda: Head.objects.select_for_update().filter(id=1))
    Head.objects.get_or_create(id=1, defaults={"hash": "0"})
    with transaction.atomic():
        assert len(query()) == 1
    if connection.features.has_select_for_update:
        with pytest.raises(transaction.TransactionManagementError):
            query()
