"""Names that the profile, the understanding and the answers share: slugs, and what a visitor reads for each.

A slug outside these tables is allowed in a profile when its entry brings its own `name`.
"""

from typing import Literal, get_args

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Format = Literal["in_person", "telehealth", "hybrid"]
Level = Literal["iop", "php", "outpatient"]
PlanType = Literal[
    "hmo",
    "ppo",
    "epo",
    "pos",
    "hdhp",
    "medicare_advantage",
    "marketplace",
    "employer",
    "medicaid",
    "medicare",
]
YesNoAsk = Literal["yes", "no", "ask"]

DAYS: tuple[Day, ...] = get_args(Day)
WEEKDAYS: tuple[Day, ...] = DAYS[:5]
WEEKEND: tuple[Day, ...] = DAYS[5:]

DAY_NAMES: dict[str, str] = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
FORMAT_NAMES: dict[str, str] = {"in_person": "in person", "telehealth": "online", "hybrid": "in person and online"}
LEVEL_NAMES: dict[str, str] = {
    "iop": "intensive outpatient (IOP)",
    "php": "day treatment (PHP)",
    "outpatient": "standard outpatient",
    "residential": "live-in (residential) care",
    "detox": "medical detox",
    "sober_living": "sober living homes",
    "support_group": "support groups",
}
INSURERS: dict[str, str] = {
    "aetna": "Aetna",
    "ambetter": "Ambetter",
    "anthem": "Anthem",
    "beacon": "Beacon",
    "blue_cross": "Blue Cross Blue Shield",
    "bright": "Bright Health",
    "carelon": "Carelon",
    "centene": "Centene",
    "christian_healthcare": "Christian Healthcare Ministries",
    "cigna": "Cigna",
    "geisinger": "Geisinger",
    "harvard_pilgrim": "Harvard Pilgrim",
    "health_net": "Health Net",
    "humana": "Humana",
    "kaiser": "Kaiser Permanente",
    "magellan": "Magellan",
    "medicaid": "Medicaid",
    "medicare": "Medicare",
    "molina": "Molina",
    "optum": "Optum",
    "oscar": "Oscar",
    "tricare": "TRICARE",
    "tufts": "Tufts Health Plan",
    "umr": "UMR",
    "united": "UnitedHealthcare",
    "upmc": "UPMC Health Plan",
    "va": "VA health care",
    "wellcare": "WellCare",
}
PLAN_TYPE_NAMES: dict[str, str] = {
    "hmo": "HMO",
    "ppo": "PPO",
    "epo": "EPO",
    "pos": "POS",
    "hdhp": "high-deductible",
    "medicare_advantage": "Medicare Advantage",
    "marketplace": "Marketplace",
    "employer": "employer",
    "medicaid": "Medicaid",
    "medicare": "Medicare",
}
SUBSTANCES: dict[str, str] = {
    "alcohol": "alcohol",
    "benzodiazepines": "benzodiazepines",
    "cannabis": "cannabis",
    "cocaine": "cocaine",
    "crack": "crack cocaine",
    "fentanyl": "fentanyl",
    "gabapentin": "gabapentin",
    "gambling": "gambling",
    "gaming": "gaming",
    "ghb": "GHB",
    "hallucinogens": "hallucinogens",
    "heroin": "heroin",
    "inhalants": "inhalants",
    "ketamine": "ketamine",
    "kratom": "kratom",
    "mdma": "MDMA",
    "methamphetamine": "meth",
    "nicotine": "nicotine",
    "opioids": "opioids",
    "pornography": "pornography",
    "prescription_stimulants": "prescription stimulants",
    "sedatives": "sedatives",
    "sleep_medication": "sleep medication",
    "spice": "spice (K2)",
    "stimulants": "stimulants",
    "xylazine": "xylazine",
}
"""Substances, and behaviours that people ask about in the same words."""
SUBSTANCE_GROUPS: dict[str, str] = {
    "fentanyl": "opioids",
    "heroin": "opioids",
    "methamphetamine": "stimulants",
    "cocaine": "stimulants",
    "crack": "stimulants",
    "prescription_stimulants": "stimulants",
}
"""A substance without a row of its own is answered by its group's row."""
MEDICATIONS: dict[str, str] = {
    "acamprosate": "acamprosate",
    "antidepressant": "antidepressants",
    "antipsychotics": "antipsychotics",
    "benzodiazepines": "prescribed benzodiazepines",
    "buprenorphine": "buprenorphine",
    "clonidine": "clonidine",
    "disulfiram": "disulfiram",
    "gabapentin": "gabapentin",
    "lithium": "lithium",
    "lofexidine": "lofexidine",
    "mat": "medication for addiction",
    "methadone": "methadone",
    "mood_stabilizers": "mood stabilizers",
    "naloxone": "naloxone",
    "naltrexone": "naltrexone",
    "stimulants": "prescribed stimulants",
    "topiramate": "topiramate",
}
POPULATIONS: dict[str, str] = {
    "teens": "teens under 18",
    "young_adults": "young adults",
    "older_adults": "older adults",
    "pregnancy": "people who are pregnant",
    "parents": "parents",
    "childcare": "childcare during sessions",
    "veterans": "veterans",
    "lgbtq": "LGBTQ+ people",
    "court_ordered": "people with a court or DUI order",
    "women": "women-only groups",
    "men": "men-only groups",
    "faith": "faith-based care",
    "secular": "care without religion",
    "disability": "people with a disability",
    "deaf": "people who are deaf or hard of hearing",
    "spanish": "care in Spanish",
    "other_languages": "care in other languages",
    "health_workers": "health care workers",
    "first_responders": "first responders",
}
NEEDS = frozenset({"childcare", "women", "men", "faith", "secular", "spanish", "other_languages"})
"""Populations that are something to offer, where the others are people to serve."""


def name_of(slug: str, names: dict[str, str]) -> str:
    """What a visitor reads for a slug; an unknown one with its underscores as spaces."""
    return names.get(slug, slug.replace("_", " "))
