"""True sentences are never held for wrong: neither against themselves nor against what says the same in other words."""

import pytest

from rag.verification.comparing import findings

SENTENCES = """
The 9 to 5 job that I am used to ended on 3 May 2021 at noon.
At 7:45 he left Room 12 with 3 bags, 2x4 beams and a 5G phone.
The team won 3:2 after leading 2:0 at the break.
John 3:16 is quoted in chapter 4, verse 8 of the book.
The ratio of sand to cement is 4:1, not 10:30.
Version 2.10.3 replaced version 2.9 on 12.10.2019.
The iPhone 5s costs $9.30 less than the 401k plan.
She was born in the 1980s, between 1981 and 1989.
I am 5 feet 11 inches tall, and he weighs 80 kg.
The race took 1:30:00 for him and 2:15 hours for her.
Gas was €1.749 per litre in the U.S. and $3.499 in the UK.
Pi is 3.142, e is 2.718, and the golden ratio is 1.618.
The server at 192.168.0.1:8080 answers within 200ms.
Section 3.1.4 of Directive 12/2019 holds from 01/02/2020.
It has 16GB of RAM, a 1080p display and a 5000mAh battery.
Life on Mars was first discussed in the May issue of 1976.
The seven sisters moved to the Third Avenue in Twenty-nine Palms.
Ezra Pound paid one hundred and five pounds and 10p.
Only 12% of the 12 euros went to the twelve of them.
The A4 sheet measures 210 x 297 mm; an A5 one is half of it.
Trains leave at 6.15 am, 12 pm, and 11:59 p.m. daily.
Temperatures fell from 5 °C to -10 °C, or 14 °F.
Between 10 and 20 people came, i.e. about 15 on average.
On 4/7/1999 and on 12/25/2000 the office was closed.
The Sept. 5 meeting is off, but the one on Sept. 6 at 5 is on.
A 3M tape, two 9V cells and three 10A fuses are needed.
The 2023/24 season has 38 rounds from Aug. 11 to May 19.
B12, H2O, R4IK6 and COVID-19 are codes, 7-layer is none.
He ran a 10K in 45 minutes and a 5K in 20:30.
By 2050, 9.7 billion people may live here, or 9,700 million.
The 21st century has had 1st-rate, 2nd-rate and 3rd-rate leaders.
Das Büro ist von 9 bis 17 Uhr, am Freitag bis 12:30 Uhr besetzt.
Ab 1.1.2024 gilt der Satz von 19 % bzw. 7 % auf 1.200,50 Euro.
Nimm 2 am Morgen und 1 am Abend, nicht mehr als 3 am Tag.
Le bureau est ouvert de 9h30 à 17h, sauf le 1er mai, et ne ferme jamais.
Le prix est de 1 250,50 euros pour les vingt-deux vélos neufs.
""".strip().splitlines()


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_is_borne_out_by_itself(sentence: str):
    assert findings(sentence, [sentence]) == []
    assert findings(sentence, ["\n".join(SENTENCES)]) == []


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("He left at 7:45 with three bags.", "At 7:45 he left Room 12 with 3 bags and a 5G phone."),
        ("John 3:16 is quoted there.", "In the sermon John 3:16 is quoted."),
        ("The team won by 3 to 2.", "The team won 3:2 after leading 2:0 at the break."),
        ("It has a RAM of 16 GB and a battery of 5,000 mAh.", "It has 16GB of RAM and a 5000mAh battery."),
        ("Twelve percent of the 12 euros went to them.", "Only 12% of the 12 euros went to the twelve of them."),
        ("Trains leave daily at 6:15, noon and 23:59.", "Trains leave at 6.15 am, 12 pm, and 11:59 p.m. daily."),
        ("About 15 people came on average.", "Between 10 and 20 people came, i.e. about 15 on average."),
        ("He ran 10K in 45 minutes.", "He ran a 10k in 45 minutes."),
        ("9.7bn people may live here by 2050.", "By 2050, 9.7 billion people may live here."),
        ("The office was closed on 25 December 2000.", "On 4/7/1999 and on 12/25/2000 the office was closed."),
        ("The firm moved to the US in the 1980s.", "In the 1980s the firm moved to the U.S. and grew."),
        ("Am Freitag ist das Büro bis 12.30 Uhr besetzt.", "Das Büro ist am Freitag bis 12:30 Uhr besetzt."),
        ("Ab dem 1. Januar 2024 gilt der Satz von 19 Prozent.", "Ab 1.1.2024 gilt der Satz von 19 %."),
    ],
)
def test_other_words_for_it_are_no_error(claim: str, source: str):
    assert findings(claim, [source]) == []
