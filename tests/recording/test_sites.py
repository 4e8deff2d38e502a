from __future__ import annotations

from provisioner.recording.fields import FIELDS, SETTINGS
from provisioner.recording.limits import EFFECT_WINDOW
from provisioner.recording.sites import BOTH, MIXED, SINGLE, SITES
from provisioner.recording.value_types import Word, Words


def test_every_site_says_of_every_option_who_allows_it() -> None:
    formats, vendors = FIELDS[f"{SETTINGS}/formats"].kind, FIELDS[f"{SETTINGS}/storage/vendor"].kind
    assert isinstance(formats, Words)
    assert isinstance(vendors, Word)
    for site in SITES.values():
        assert set(site.formats) == set(formats.choices)
        assert set(site.storage) == set(vendors.choices)
        assert set(site.streams) == {MIXED, SINGLE, BOTH}
        for option in (*site.formats.values(), *site.storage.values(), *site.streams.values()):
            assert option.allow or option.unknown_to
            assert bool(option.instead) == bool(option.unknown_to)


def test_waiting_for_a_change_covers_every_site() -> None:
    assert max(site.effective_after[1] for site in SITES.values()) == EFFECT_WINDOW


def test_the_guide_decides_where_it_speaks() -> None:
    mixed = SITES["intl"].streams[MIXED]
    assert mixed.legal
    assert mixed.allow == ("TUICallKit cloud recording",)
    assert len(mixed.unknown_to) == 2
