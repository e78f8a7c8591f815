"""``biomoa qc`` from outside: exit codes, JSON, pairs, languages, MultiQC."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest

from biomoa.cli.main import main

R1 = b"@r1 1:N:0:A\nACGTACGTACGTACGT\n+\nIIIIIIIIIIIIIIII\n"
R2 = b"@r1 2:N:0:A\nTTTTACGTACGTACGT\n+\nIIIIIIIIIIIIIIII\n"
KEYS = {"path", "format", "verdict", "findings", "metrics", "checksums", "size_bytes", "seconds"}


def written(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


def test_a_pair_that_agrees(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [written(tmp_path, "s_R1.fastq", R1), written(tmp_path, "s_R2.fastq", R2)]
    assert main(["qc", *files, "--json"]) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert err == ""
    assert [one["path"] for one in told] == files
    assert all(one.keys() >= KEYS for one in told)
    assert [(one["verdict"], one["format"], one["metrics"]["reads"]) for one in told] == [("pass", "fastq", 1)] * 2
    assert told[0]["checksums"]["sha256"] == hashlib.sha256(R1).hexdigest()
    assert told[0]["checksums"]["md5"] == hashlib.md5(R1, usedforsecurity=False).hexdigest()
    assert told[0]["size_bytes"] == len(R1)


@pytest.mark.parametrize(("first", "second"), [("s_R1.fastq", "s_R2.fastq"), ("s_1.fq", "s_2.fq")])
def test_what_is_wrong_with_a_pair_is_said_of_both(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], first: str, second: str
) -> None:
    files = [written(tmp_path, second, R2 + R2.replace(b"r1", b"r2")), written(tmp_path, first, R1)]
    assert main(["qc", *files, "--json"]) == 1
    for one in json.loads(capsys.readouterr().out):
        assert one["verdict"] == "fail"
        (finding,) = one["findings"]
        assert (finding["code"], finding["severity"]) == ("pair-counts-differ", "error")
        assert finding["message"].keys() == {"ko", "en"}


def test_wrong_use_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, empty = written(tmp_path, "x.fastq", R1), tmp_path / "empty"
    empty.mkdir()
    for arguments in ([good, str(tmp_path / "nowhere.fq")], [good, "--format", "nope"], [str(empty)]):
        assert main(["qc", *arguments]) == 2
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1), arguments
        assert err.startswith("biomoa: ")
    with pytest.raises(SystemExit) as ended:
        main(["qc", good, "--jobs", "0"])
    assert ended.value.code == 2


def test_text_is_in_the_language_of_the_reader(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    bad = written(tmp_path, "bad.fastq", R1 + b"@r2\nAC-T\n+\nIIII\n")
    for language, words in (
        ("ko_KR.UTF-8", ("부적합", "염기로 쓸 수 없는 글자")),
        ("C", ("fail", "no nucleotide code")),
    ):
        monkeypatch.setenv("LANG", language)
        assert main(["qc", bad]) == 1
        out = capsys.readouterr().out
        assert all(word in out for word in (*words, "fastq-base-invalid [line 6]", bad))


def test_a_format_may_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fasta = written(tmp_path, "sequences.txt", b">a\nACGT\n")
    assert main(["qc", fasta, "--format", "fastq", "--json"]) == 1
    assert main(["qc", fasta, "--format", "fasta", "--json"]) == 0
    first, second = (json.loads(line)[0] for line in capsys.readouterr().out.splitlines())
    assert (first["format"], second["format"]) == ("fastq", "fasta")


def test_an_unknown_file_is_said_to_be_unchecked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["qc", written(tmp_path, "notes.xyz", b"hello"), "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["format"], told["verdict"]) == ("unknown", "warn")


def test_metrics_for_multiqc(tmp_path: Path) -> None:
    files = [written(tmp_path, "s_R1.fastq", R1), written(tmp_path, "s_R2.fastq", R2)]
    out = tmp_path / "biomoa_mqc.json"
    assert main(["qc", *files, "--multiqc", str(out)]) == 0
    told = json.loads(out.read_text())
    assert told["plot_type"] == "generalstats"
    assert {name: row["reads"] for name, row in told["data"].items()} == dict.fromkeys(files, 1)


def test_a_folder_stands_for_its_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "lane" / "deep").mkdir(parents=True)
    for place in ("lane/b.fastq", "lane/deep/a.fastq", "lane/.hidden"):
        (tmp_path / place).write_bytes(b"@r\nACGT\n+\nIIII\n")
    assert main(["qc", str(tmp_path / "lane"), "--json"]) == 0
    assert [Path(one["path"]).name for one in json.loads(capsys.readouterr().out)] == ["b.fastq", "a.fastq"]


def test_a_name_that_lies_about_compression_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    read = b"@r1\nACGT\n+\nIIII\n"
    for name, content in (
        ("a.fastq.gz", read),
        ("b.fastq.bz2", gzip.compress(read)),
        ("c.fastq.gz", gzip.compress(read)),
    ):
        (tmp_path / name).write_bytes(content)
    assert main(["qc", "--json", *(str(path) for path in sorted(tmp_path.iterdir()))]) == 1
    told = [{each["code"] for each in one["findings"]} for one in json.loads(capsys.readouterr().out)]
    assert ["compression-not-as-named" in codes for codes in told] == [True, True, False]
