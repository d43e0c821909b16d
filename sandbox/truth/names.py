"""Made-up names for made-up people, among them those that portals stumble over."""

_LAST_NAMES = """
Abbott Barlow Castellan Dunmore Ellery Farrow Gantry Holloway Ingram Jessup Kendrick Larkin Merrow Norwood
Oakes Pruitt Quigley Radley Sorrell Tillman Underhill Vance Whitlock Yarrow Zeller Ashby Brandt Corwin
Delaney Everly Finch Garrick Hale Iverson Jarvis Keane Lowell Marlow Nash Orwin Penrose Ridley Stroud
Thorne Upton Vickers Wexford Yates Zimmer Alder Becker Crane Dorsey
"""
LAST_NAMES = tuple(_LAST_NAMES.split())

_FIRST_NAMES = """
Alice Bernard Clara Desmond Edith Felix Greta Harold Irene Jasper Kathleen Leonard Marian Nolan Olive Percy
Quentin Rosalind Silas Theresa Ursula Victor Wanda Xavier Yvonne Zachary Agnes Boris Celia Dexter Elsie
Francis Gloria Hugh Ida Joel Kara Lloyd Muriel Ned Opal Phoebe Rex Sybil Tobias Una Vernon Winifred
"""
FIRST_NAMES = tuple(_FIRST_NAMES.split())

HYPHENATED = (
    # as the office writes it, as the payer shows it
    ("Smith-Barlow", "SMITH-BARLOW"),
    ("Ortega Villar", "ORTEGA-VILLAR"),
    ("Vance-Whitlock", "VANCE WHITLOCK"),
)

APOSTROPHES = (("O'Dunmore", "O'DUNMORE"), ("D'Ellery", "DELLERY"), ("O'Farrow", "OFARROW"))

SUFFIXES = (
    ("Carter Jr", "CARTER"),
    ("Holloway, III", "HOLLOWAY III"),
    ("Prescott", "PRESCOTT JR"),
    ("Lowell, Jr.", "LOWELL JR"),
)

ACCENTS = (
    # last and first name as the office writes them, as the payer shows them
    ("Muñoz", "José", "MUNOZ", "JOSE"),
    ("Lefèvre", "Zoë", "LEFEVRE", "ZOE"),
    ("Gärtner", "René", "GARTNER", "RENE"),
)

TWINS = (("Alina", "Alison"), ("Emmett", "Emmanuel"), ("Marisa", "Marion"))

NEAR_NAMES = (("Christina", "Christian"), ("Joan", "Joanne"), ("Daniel", "Danielle"))
"""First names of two people in one family whom the payer keeps under one member id."""

NEAR_LAST_NAMES = (("Martin", "Martinez"), ("Hansen", "Hanson"), ("Robert", "Roberts"))
