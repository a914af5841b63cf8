"""The key of links is changed by one command, and the one before it is kept."""

from datetime import date

from config import rotate_link_key, secret_store

DAY = date(2026, 11, 21)


def test_the_file_holds_a_new_key_and_the_one_before_with_its_day(tmp_path):
    before = secret_store.load(tmp_path)
    secret_store.rotate_link_key(tmp_path, on=DAY)
    after = secret_store.load(tmp_path)
    assert after["LIGHTTOUCH_LINK_KEY"] != before["LIGHTTOUCH_LINK_KEY"]
    assert after[secret_store.RETIRED_LINK_KEYS] == f"2026-11-21={before['LIGHTTOUCH_LINK_KEY']}"
    assert {name: after[name] for name in before if name != "LIGHTTOUCH_LINK_KEY"} == {
        name: value for name, value in before.items() if name != "LIGHTTOUCH_LINK_KEY"
    }


def test_a_second_change_keeps_both(tmp_path):
    secret_store.rotate_link_key(tmp_path, on=DAY)
    secret_store.rotate_link_key(tmp_path, on=DAY.replace(day=22))
    kept = secret_store.platform(tmp_path)[secret_store.RETIRED_LINK_KEYS].split()
    assert [entry[:10] for entry in kept] == ["2026-11-21", "2026-11-22"]


def test_keys_from_the_environment_are_printed_and_no_file_is_touched(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LIGHTTOUCH_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LIGHTTOUCH_LINK_KEY", "b2xk")
    monkeypatch.delenv(secret_store.RETIRED_LINK_KEYS, raising=False)
    assert rotate_link_key.main() == 0
    told = capsys.readouterr().out
    assert "LIGHTTOUCH_LINK_KEY=" in told and "=b2xk" in told.split("LINK_KEYS_BEFORE=")[1]
    assert not list(tmp_path.iterdir())
