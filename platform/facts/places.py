"""Country codes that a registration may name: ISO 3166-1, and ISO 3166-2 for US states and Canadian provinces."""

from __future__ import annotations

from functools import lru_cache

ISO_3166_1 = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC
CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD
GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH
KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW
MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC
SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY
UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
ISO_3166_2 = """
US-AL US-AK US-AZ US-AR US-CA US-CO US-CT US-DC US-DE US-FL US-GA US-HI US-IA US-ID US-IL US-IN US-KS US-KY US-LA
US-MA US-MD US-ME US-MI US-MN US-MO US-MS US-MT US-NC US-ND US-NE US-NH US-NJ US-NM US-NV US-NY US-OH US-OK US-OR
US-PA US-RI US-SC US-SD US-TN US-TX US-UT US-VA US-VT US-WA US-WI US-WV US-WY CA-AB CA-BC CA-MB CA-NB CA-NL CA-NS
CA-NT CA-NU CA-ON CA-PE CA-QC CA-SK CA-YT
"""
COUNTRIES = frozenset(ISO_3166_1.split())
STATES = frozenset(ISO_3166_2.split())
CODES = COUNTRIES | STATES
STATES_OF = {country: tuple(sorted(one for one in STATES if one.startswith(country))) for country in ("US", "CA")}


@lru_cache(maxsize=4096)
def reached(laws: tuple[str, ...]) -> frozenset[str]:
    """Every place whose people a law of any of several places reaches; see `covers`."""
    states = (state for law in laws for state in STATES_OF.get(law, ()))
    return frozenset({*laws, *states, *(law.partition("-")[0] for law in laws)})


def reaches(laws: tuple[str, ...], place: str) -> bool:
    """Whether a law of any of several places reaches people in `place`; see `covers`."""
    return place in reached(laws)


def covers(law: str, place: str) -> bool:
    """Whether a law of `law` reaches people in `place`.

    A federal law reaches each state (`US` covers `US-CA`); people in the whole country (`US`) live in every state, so a
    state's law reaches some of them (`US-CA` covers `US`). Two different states do not meet.
    """
    return law == place or place.startswith(f"{law}-") or law.startswith(f"{place}-")
