"""A submission is a bundle of rows on forms; accepting it turns rows into records with accessions."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Submission(models.Model):
    """What travels whole: draft -> submitted -> in-review -> (returned ->) accepted -> released."""

    owner = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    center = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=16, default="draft")
    revision = models.PositiveIntegerField(default=1)  # grows with every change: two people on one draft
    client_key = models.CharField(max_length=100, null=True)  # Idempotency-Key of a program
    shelf = models.OneToOneField("files.Shelf", on_delete=models.PROTECT, related_name="+")
    release_on = models.DateField(null=True)  # null: at once when accepted
    extended_days = models.PositiveIntegerField(default=0)
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    row_counts = models.JSONField(default=dict)  # form -> rows, kept with every change of rows
    error_count = models.PositiveIntegerField(default=0)
    warning_count = models.PositiveIntegerField(default=0)
    checked_revision = models.PositiveIntegerField(default=0)  # the revision that the stored problems are of
    says_human = models.BooleanField(default=False)  # said when it was begun
    has_human_rows = models.BooleanField(default=False)  # kept with every change of rows (human.follow)
    checked_files = models.CharField(max_length=64, default="")  # and the files (files.queries.shelf_digest)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "client_key"], name="one_submission_a_key")]
        indexes = [
            models.Index(fields=["center", "state", "submitted_at"], name="desk_queue"),
            models.Index(fields=["center", "-decided_at"], name="past_decisions"),
            models.Index(fields=["owner", "-changed_at"], name="group_submissions"),
            models.Index(fields=["state", "id"], name="submissions_by_state"),
        ]

    @property
    def code(self) -> str:
        """The temporary number while no accession exists: ``SUB00000012``."""
        return f"SUB{self.pk:08d}"


class Row(models.Model):
    """One row of a form in a submission, as the depositor wrote it; ``layer`` holds a curator's corrections.

    ``layer``: {field: {"value", "by", "reason", "at"}}. Positions keep their gaps when a row is deleted, so
    that comments and overrides stay with their row. ``outcome`` and ``version`` are the line of the receipt.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="rows", db_index=False)
    form = models.CharField(max_length=40)
    position = models.PositiveIntegerField()  # from 1, the row of the sheet
    alias = models.CharField(max_length=200, blank=True)
    values = models.JSONField()
    layer = models.JSONField(default=dict)
    record = models.ForeignKey("Record", null=True, on_delete=models.PROTECT, related_name="rows", db_index=False)
    outcome = models.CharField(max_length=16, blank=True)  # created, revised, unchanged
    version = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "form", "position"], name="one_row_a_place")]


class RowProblem(models.Model):
    """A problem of the last check of a submission; an overridden one no longer blocks."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="problems", db_index=False)
    form = models.CharField(max_length=40, blank=True)
    position = models.PositiveIntegerField(null=True)
    field = models.CharField(max_length=100, blank=True)
    code = models.CharField(max_length=60)
    severity = models.CharField(max_length=8)
    message_ko = models.TextField()
    message_en = models.TextField()
    value = models.TextField(null=True)
    suggestion = models.TextField(null=True)
    file = models.CharField(max_length=255, blank=True)
    overridable = models.BooleanField(default=False)
    overridden = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["submission", "form", "position"], name="problems_of_rows")]


class HumanDataAnswer(models.Model):
    """Answers to the human-data questions, or a curator's decision on them; the newest of a submission stands.

    ``answers``: {question: value} of ``edition`` of the catalogue's navigator, which led to ``outcome``. A decision
    repeats the answers that it is about, with the outcome that it chose. None is ever changed.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="human_data")
    answers = models.JSONField()
    outcome = models.CharField(max_length=60)
    edition = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    is_decision = models.BooleanField(default=False)
    words = models.TextField(blank=True, default="")  # what the depositor adds; the curator's reason


class Override(models.Model):
    """A curator's decision that a problem may stand, with the reason.

    Survives a new check by its place, code and value: when the depositor changes the value, it falls.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="overrides")
    form = models.CharField(max_length=40, blank=True)
    position = models.PositiveIntegerField(null=True)
    field = models.CharField(max_length=100, blank=True)
    code = models.CharField(max_length=60)
    value = models.TextField(null=True)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)


class Record(models.Model):
    """A registered record with its accession. What it says is in its versions."""

    accession = models.CharField(max_length=20, unique=True)
    form = models.CharField(max_length=40)
    record_type = models.CharField(max_length=40)
    alias = models.CharField(max_length=200)
    owner = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    center = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="records", db_index=False)
    project = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="members", db_index=False)
    state = models.CharField(max_length=16, default="accepted")  # accepted, released, suppressed, withdrawn
    title = models.CharField(max_length=500)
    title_ko = models.CharField(max_length=500, blank=True, default="")  # where its form asks for one
    version = models.PositiveIntegerField(default=1)  # the current one
    release_on = models.DateField(null=True)
    released_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    reason = models.TextField(blank=True)  # of a withdrawal or suppression, shown on the tombstone page

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "form", "alias"], name="one_alias_a_group")]
        indexes = [
            models.Index(fields=["submission", "state"], name="records_of_submission"),
            models.Index(fields=["project", "form", "state"], name="records_of_project"),
            models.Index(fields=["form", "state", "-released_at", "id"], name="records_by_form"),
        ]


class Version(models.Model):
    """What a record said from a day on; ``digest`` is in the ledger. Changed after acceptance only by a redaction."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    form_revision = models.CharField(max_length=20)
    values = models.JSONField()
    layer = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+", db_index=False)
    author = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "number"], name="one_version_a_number")]


class Link(models.Model):
    """A record refers to another: run -> experiment -> sample -> project."""

    child = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="up", db_index=False)
    parent = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="down")
    field = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "parent", "field"], name="one_link")]


class RecordFile(models.Model):
    """A file named by a version of a record."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="files", db_index=False)
    version = models.PositiveIntegerField()
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="record_files")
    field = models.CharField(max_length=100)
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "version", "field", "position"], name="one_file_a_place")
        ]


class Series(models.Model):
    """How far a series of accessions has been used; the row is locked while numbers are allotted."""

    record_type = models.CharField(max_length=40, primary_key=True)
    last = models.BigIntegerField(default=0)


class Tally(models.Model):
    """How many records a center has of a form in a state; kept in the transaction of every change.

    Counting a million rows for the home page would take longer than the page may.
    """

    center = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    form = models.CharField(max_length=40)
    state = models.CharField(max_length=16)
    records = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["center", "form", "state"], name="one_tally")]


class SubmissionProject(models.Model):
    """A registered project to which a handed-in submission adds; a pending one holds back its opening."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="projects", db_index=False)
    project = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "project"], name="one_project_a_submission")]


class Comment(models.Model):
    """The thread between depositor and curator, on a submission, a row or one field of it."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="comments")
    form = models.CharField(max_length=40, blank=True)
    position = models.PositiveIntegerField(null=True)
    field = models.CharField(max_length=100, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=16, default="comment")  # comment, exception, return, override, withdraw
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)


class ReviewLink(models.Model):
    """A read-only view of closed records and files for who holds its secret; only the secret's digest is kept."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="review_links")
    name = models.CharField(max_length=200)  # for whom: the journal
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class ReviewRecord(models.Model):
    """A record that a reviewer link names; it is shown while it is closed."""

    link = models.ForeignKey(ReviewLink, on_delete=models.CASCADE, related_name="records", db_index=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "record"], name="one_record_a_review_link")]


class ReviewFile(models.Model):
    """A file that a reviewer link names; it is shown with its record."""

    link = models.ForeignKey(ReviewLink, on_delete=models.CASCADE, related_name="files", db_index=False)
    file = models.ForeignKey("files.StoredFile", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "file"], name="one_file_a_review_link")]


class ReviewOpening(models.Model):
    """What was opened through a reviewer link, when and from which network; never who. Repeats are counted.

    ``network``: the first 24 bits of an IPv4 address, 48 of an IPv6 one. ``size_bytes``: asked of a file in all.
    """

    link = models.ForeignKey(ReviewLink, on_delete=models.CASCADE, related_name="openings", db_index=False)
    kind = models.CharField(max_length=8)  # list, record, file
    what = models.CharField(max_length=255)  # an accession, a name of a file
    network = models.CharField(max_length=43)
    day = models.DateField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    size_bytes = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link", "day", "network", "kind", "what"], name="one_opening_a_day")
        ]


class Certificate(models.Model):
    """What a record or a submission was on a day. ``facts`` are what its PDF says, ``digest`` is in the ledger."""

    code = models.CharField(max_length=24, unique=True)
    record = models.ForeignKey(Record, null=True, on_delete=models.PROTECT, related_name="certificates")
    submission = models.ForeignKey(Submission, null=True, on_delete=models.PROTECT, related_name="certificates")
    facts = models.JSONField()
    digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")


class UmbrellaRequest(models.Model):
    """One group asks another to let its project stand under an umbrella, or for a project under its own."""

    umbrella = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    asked_by = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    asked = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, default="open")  # open, agreed, declined, taken-back
    message = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["umbrella", "project"], condition=models.Q(state="open"), name="one_open_umbrella_request"
            )
        ]


class PublicElsewhere(models.Model):
    """The depositor declares that an accession of the INSDC for this very record is public already."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="public_elsewhere", db_index=False)
    identifier = models.CharField(max_length=40)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    declared_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "identifier"], name="one_identifier_a_record")]
