"""What others report of baselines, on the same splits."""

GANMF_REPOSITORY = (
    "[GANMF's repository](https://github.com/edervishaj/GANMF), on this split"
)
ECIR_2022 = (
    "[Pérez Maurera et al., 2022](https://arxiv.org/abs/2201.01815), Table 2, "
    "on this split"
)
BARS = "[BARS](https://openbenchmark.github.io/BARS/), on this split"
PUBLISHED = {
    "popularity_ml_1m": {
        "precision_at_5": 0.2144,
        "ndcg_at_5": 0.2248,
        "map_at_5": 0.1545,
        "precision_at_20": 0.1562,
        "ndcg_at_20": 0.1952,
    },
    "item_knn_ml_1m": {
        "precision_at_5": 0.3880,
        "ndcg_at_5": 0.4088,
        "map_at_5": 0.3121,
        "precision_at_20": 0.2743,
        "ndcg_at_20": 0.3577,
    },
    "ials_ml_1m": {
        "precision_at_5": 0.4012,
        "ndcg_at_5": 0.4229,
        "map_at_5": 0.3200,
        "precision_at_20": 0.2890,
        "ndcg_at_20": 0.3783,
    },
    "popularity_ml_100k": {
        "precision_at_20": 0.1560,
        "recall_at_20": 0.1675,
        "mrr_at_20": 0.4130,
        "ndcg_at_20": 0.2132,
    },
    "item_knn_ml_100k": {
        "precision_at_20": 0.2779,
        "recall_at_20": 0.3372,
        "mrr_at_20": 0.6615,
        "ndcg_at_20": 0.4121,
    },
    "rp3beta_ml_100k": {
        "precision_at_20": 0.2603,
        "recall_at_20": 0.3204,
        "mrr_at_20": 0.6566,
        "ndcg_at_20": 0.3928,
    },
    "slim_ml_100k": {
        "precision_at_20": 0.2915,
        "recall_at_20": 0.3563,
        "mrr_at_20": 0.6952,
        "ndcg_at_20": 0.4375,
    },
    "ease_ml_100k": {
        "precision_at_20": 0.2929,
        "recall_at_20": 0.3530,
        "mrr_at_20": 0.6909,
        "ndcg_at_20": 0.4368,
    },
    "bpr_mf_ml_100k": {
        "precision_at_20": 0.2263,
        "recall_at_20": 0.2829,
        "mrr_at_20": 0.5620,
        "ndcg_at_20": 0.3296,
    },
    "item_knn_gowalla": {"recall_at_20": 0.1570, "ndcg_at_20": 0.1214},
    "ease_gowalla": {"recall_at_20": 0.1765, "ndcg_at_20": 0.1467},
    "mult_vae_gowalla": {"recall_at_20": 0.1641, "ndcg_at_20": 0.1335},
}
WHERE = {"_ml_1m": GANMF_REPOSITORY, "_ml_100k": ECIR_2022, "_gowalla": BARS}
REFERENCES = {
    name: reference
    for name in PUBLISHED
    for ending, reference in WHERE.items()
    if name.endswith(ending)
}
