"""The studies of the demonstration: made up, but of the kind that Korean life research registers."""

from __future__ import annotations

import msgspec


class Study(msgspec.Struct, frozen=True):
    """What a made-up study is about; ``sample`` are the values that all its samples share."""

    slug: str
    title: str
    title_ko: str
    description: str
    center: str
    package: str
    organism: str
    taxonomy_id: int
    sample: dict[str, str]
    varied: dict[str, tuple[str, ...]]  # field -> values taken in turn
    strategy: str = "WGS"
    source: str = "GENOMIC"
    selection: str = "RANDOM"
    data_type: str = "Genome sequencing"
    long_reads: bool = False


PASSWORD = "biomoa-demo-2026"
ACCOUNTS = {
    "depositor": "depositor@demo.biomoa.example",
    "manager": "manager@demo.biomoa.example",
    "curator": "curator@demo.biomoa.example",
    "administrator": "administrator@demo.biomoa.example",
}
PLACES = (
    "South Korea: Seoul",
    "South Korea: Daejeon",
    "South Korea: Jeju",
    "South Korea: Jeonju",
    "South Korea: Busan",
)
DATES = ("2025-03-12", "2025-06", "2025-09-30", "2026-01-15", "2026-04-02")

STUDIES = (
    Study(
        "ginseng",
        "Genome resequencing of Korean ginseng cultivars",
        "고려인삼 품종 유전체 재분석",
        "Whole-genome resequencing of Korean ginseng cultivars to find variants linked to root yield and saponins.",
        "NABIC",
        "Plant",
        "Panax ginseng",
        4054,
        {
            "tissue": "leaf",
            "dev_stage": "4-year-old plant",
            "biomaterial_provider": "National Institute of Horticultural and Herbal Science",
        },
        {"cultivar": ("Chunpoong", "Yunpoong", "Gopoong", "Sunun", "Gumpoong")},
    ),
    Study(
        "rice-drought",
        "Transcriptome of rice roots under drought",
        "가뭄 조건 벼 뿌리 전사체",
        "RNA sequencing of roots of japonica rice cultivars at four time points of a controlled drought.",
        "NABIC",
        "Plant",
        "Oryza sativa Japonica Group",
        39947,
        {
            "tissue": "root",
            "dev_stage": "seedling, 3-leaf stage",
            "biomaterial_provider": "National Agrobiodiversity Center",
        },
        {
            "cultivar": ("Dongjin", "Ilmi", "Odae", "Saeilmi"),
            "treatment": ("drought 0 h", "drought 6 h", "drought 24 h", "re-watered"),
        },
        "RNA-Seq",
        "TRANSCRIPTOMIC",
        "cDNA",
        "Transcriptome",
    ),
    Study(
        "hanwoo",
        "Whole genomes of Hanwoo cattle with high marbling",
        "고등급 한우 전장유전체",
        "Whole-genome sequencing of Hanwoo steers with extreme marbling scores for genomic selection.",
        "NABIC",
        "Model organism or animal",
        "Bos taurus",
        9913,
        {
            "tissue": "blood",
            "sex": "male",
            "age": "30 months",
            "breed": "Hanwoo",
            "biomaterial_provider": "National Institute of Animal Science",
        },
        {},
    ),
    Study(
        "abalone",
        "Genome survey of Korean abalone stocks",
        "한국 전복 집단 유전체 조사",
        "Low-coverage genome sequencing of wild and farmed abalone from five coasts to describe stock structure.",
        "MAGIC",
        "Invertebrate",
        "Haliotis discus hannai",
        42344,
        {
            "tissue": "muscle",
            "isolation_source": "rocky subtidal coast",
            "biomaterial_provider": "National Marine Biodiversity Institute of Korea",
        },
        {"isolate": ("wild-1", "wild-2", "farm-1", "farm-2", "farm-3")},
    ),
    Study(
        "kimchi",
        "Lactic acid bacteria of traditional kimchi",
        "전통 김치 유산균 유전체",
        "Genomes of lactic acid bacteria isolated from home-made kimchi of four provinces, for starter selection.",
        "KOBIC",
        "Microbe",
        "Leuconostoc mesenteroides",
        1245,
        {"sample_type": "cell culture", "isolation_source": "baechu kimchi", "biomaterial_provider": "KCTC"},
        {"strain": ("KM-01", "KM-07", "KM-12", "KM-20", "KM-33")},
    ),
    Study(
        "norovirus",
        "Norovirus genomes from winter outbreaks",
        "동절기 유행 노로바이러스 유전체",
        "Genome sequences of norovirus GII from outbreak samples of one winter season.",
        "CODA",
        "Virus",
        "Norovirus GII",
        122929,
        {
            "host": "Homo sapiens",
            "isolation_source": "stool",
            "biomaterial_provider": "National Culture Collection for Pathogens",
        },
        {"isolate": ("NoV-24-001", "NoV-24-014", "NoV-24-027", "NoV-24-031")},
        source="VIRAL RNA",
    ),
    Study(
        "soil",
        "Soil metagenomes of temperate forests",
        "온대림 토양 메타게놈",
        "Shotgun metagenomes of forest soils along an altitude gradient of national parks.",
        "KOBIC",
        "Metagenome or environmental",
        "soil metagenome",
        410658,
        {"isolation_source": "forest soil, 0-10 cm", "biomaterial_provider": "National Institute of Ecology"},
        {"lat_lon": ("37.66 N 127.01 E", "35.34 N 127.73 E", "38.12 N 128.47 E", "33.36 N 126.53 E")},
        source="METAGENOMIC",
        data_type="Metagenome",
    ),
    Study(
        "mouse-brain",
        "Hippocampus transcriptome of ageing mice",
        "노화 생쥐 해마 전사체",
        "RNA sequencing of the hippocampus of C57BL/6J mice at three ages.",
        "KOBIC",
        "Model organism or animal",
        "Mus musculus",
        10090,
        {
            "tissue": "hippocampus",
            "strain": "C57BL/6J",
            "biomaterial_provider": "Laboratory Animal Resource and Research Center, KRIBB",
        },
        {"age": ("3 months", "12 months", "24 months"), "sex": ("male", "female")},
        "RNA-Seq",
        "TRANSCRIPTOMIC",
        "cDNA",
        "Transcriptome",
    ),
    Study(
        "salmonella",
        "Salmonella isolates from poultry farms",
        "가금 농장 살모넬라 분리주",
        "Genomes of Salmonella isolates from poultry farms for surveillance of antimicrobial resistance.",
        "CODA",
        "Pathogen: environmental, food or other",
        "Salmonella enterica",
        28901,
        {
            "isolation_source": "poultry house dust",
            "collected_by": "Animal and Plant Quarantine Agency",
            "lat_lon": "36.35 N 127.38 E",
            "biomaterial_provider": "Korea Veterinary Culture Collection",
        },
        {"strain": ("SE-101", "SE-118", "SE-204", "SE-219")},
    ),
    Study(
        "seaweed",
        "Nanopore genomes of edible seaweed",
        "식용 해조류 나노포어 유전체",
        "Long-read genomes of edible brown seaweed from three aquaculture sites.",
        "MAGIC",
        "Plant",
        "Undaria pinnatifida",
        74381,
        {
            "tissue": "blade",
            "dev_stage": "sporophyte",
            "biomaterial_provider": "National Institute of Fisheries Science",
        },
        {"isolate": ("Wando-1", "Gijang-1", "Jindo-1")},
        long_reads=True,
    ),
)
