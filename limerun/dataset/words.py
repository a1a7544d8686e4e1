"""The words of offices, by locale: what firms do, what people are, what is written.

Short lists of limerun's own, used where Faker has none in the language.
"""

TRADES: dict[str, str] = {
    "sv_SE": "Bygg Teknik Konsult Fastigheter Transport Elektriska Måleri Redovisning "
    "Trädgård Verkstad Mekaniska Förvaltning Livs Rör Data Entreprenad Logistik Design "
    "Plåt Handel",
    "nb_NO": "Bygg Teknikk Rådgivning Eiendom Transport Elektro Maleri Regnskap Hage "
    "Verksted Mekaniske Forvaltning Mat Rør Data Entreprenør Logistikk Design Handel",
    "fi_FI": "Rakennus Tekniikka Konsultointi Kiinteistöt Kuljetus Sähkö Maalaus "
    "Tilitoimisto Puutarha Konepaja Isännöinti Putki Data Urakointi Logistiikka Kauppa",
    "da_DK": "Byg Teknik Rådgivning Ejendomme Transport El Maler Revision Have "
    "Værksted Maskin Forvaltning Fødevarer VVS Data Entreprise Logistik Design Handel",
    "nl_NL": "Bouw Techniek Advies Vastgoed Transport Elektro Schilders Administratie "
    "Tuinen Werkplaats Beheer Voeding Installatie Data Logistiek Ontwerp Handel",
    "en_US": "Construction Technology Consulting Properties Transport Electric Painting "
    "Accounting Gardens Mechanical Management Foods Plumbing Data Logistics Design Trading",
    "de_DE": "Bau Technik Beratung Immobilien Transport Elektro Malerbetrieb Treuhand "
    "Gartenbau Werkstatt Maschinenbau Verwaltung Lebensmittel Daten Logistik Handel",
}

POSITIONS: dict[str, str] = {
    "sv_SE": "Säljare,Säljchef,Inköpare,Inköpschef,Ekonomichef,Ekonomiassistent,"
    "Projektledare,Konsult,Verkställande direktör,Marknadschef,Marknadsförare,"
    "Kundansvarig,Supporttekniker,Utvecklare,Arkitekt,Platschef,Servicetekniker,"
    "Personalchef,Administratör,Controller,Logistiker,Produktchef,Driftchef",
    "nb_NO": "Selger,Salgssjef,Innkjøper,Innkjøpssjef,Økonomisjef,Regnskapsmedarbeider,"
    "Prosjektleder,Konsulent,Daglig leder,Markedssjef,Markedsfører,Kundeansvarlig,"
    "Supporttekniker,Utvikler,Arkitekt,Anleggsleder,Servicetekniker,Personalsjef,"
    "Administrator,Controller,Logistiker,Produktsjef,Driftssjef",
    "nl_NL": "Verkoper,Verkoopleider,Inkoper,Hoofd inkoop,Financieel directeur,"
    "Boekhouder,Projectleider,Consultant,Algemeen directeur,Marketingmanager,"
    "Accountmanager,Servicemonteur,Ontwikkelaar,Architect,Uitvoerder,Personeelschef,"
    "Administrateur,Controller,Logistiek medewerker,Productmanager,Bedrijfsleider",
}

WORDS: dict[str, str] = {
    "sv_SE": "avtal offert kund möte leverans service faktura ärende pris villkor "
    "underlag beställning uppföljning förlängning projekt installation utbildning "
    "licens support rapport kontakt ansvarig datum förslag ändring tillägg översyn "
    "kvartal budget beslut planering återkoppling garanti reklamation återförsäljare "
    "samarbete behov produkt volym rabatt genomgång start avslut kontroll enligt inför "
    "efter med för till och om från gällande ny befintlig årlig preliminär slutlig",
    "nb_NO": "avtale tilbud kunde møte leveranse service faktura sak pris vilkår "
    "grunnlag bestilling oppfølging forlengelse prosjekt installasjon opplæring "
    "lisens støtte rapport kontakt ansvarlig dato forslag endring tillegg gjennomgang "
    "kvartal budsjett beslutning planlegging tilbakemelding garanti reklamasjon "
    "forhandler samarbeid behov produkt volum rabatt oppstart avslutning kontroll "
    "ifølge før etter med for til og om fra gjeldende ny eksisterende årlig endelig",
    "fi_FI": "sopimus tarjous asiakas kokous toimitus huolto lasku asia hinta ehdot "
    "aineisto tilaus seuranta jatko projekti asennus koulutus lisenssi tuki raportti "
    "yhteys vastuuhenkilö päivä ehdotus muutos lisäys tarkistus neljännes budjetti "
    "päätös suunnittelu palaute takuu reklamaatio jälleenmyyjä yhteistyö tarve tuote "
    "määrä alennus läpikäynti aloitus päätös mukaan ennen jälkeen kanssa varten ja uusi "
    "nykyinen vuosittainen alustava lopullinen",
}
