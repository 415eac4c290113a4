"""The figures of a comparison: what each means, what is best, what it needs."""

import dataclasses

SPELLED = {
    "ks": "KS",
    "js": "JS",
    "sd": "SD",
    "tv": "TV",
    "r2": "R²",
    "auc": "AUC",
    "tpr": "TPR",
    "fpr": "% FPR",
    "c2st": "C2ST",
    "dcr": "DCR",
    "ndcg": "NDCG",
    "mrr": "MRR",
    "map": "MAP",
    "gini": "Gini",
    "wasserstein": "Wasserstein",
}


def spelled(name: str) -> str:
    """The name of a figure or a metric for people: `"NDCG at 10 (EASE)"`."""
    name, of, what = name.partition(" (")
    text = " ".join(SPELLED.get(word, word) for word in name.split("_"))
    return text[0].upper() + text[1:] + of + what


@dataclasses.dataclass(frozen=True)
class Figure:
    """One line of the comparison of a synthetic table with a real one.

    Args:
        group: `"fidelity"`, `"features"`, `"realism"`, `"diversity"`,
            `"usefulness"` or `"privacy"`.
        best: The best value, a float; or `"real"`, for a level that should
            be that of the real table, or `"high"`.
        meaning: str. One line for a reader.
        needs: Tuple of what must be there: `"ratings"`, `"times"`, `"items"`
            (both tables have the same), `"features"` of users, `"pairs"` of
            them, `"recommenders"`, `"three"` of them.
    """

    group: str
    best: float | str
    meaning: str
    needs: tuple = ()


_SAME = ("items",)
_RATED = ("ratings",)
_TIMED = ("times",)
_PEOPLE = ("features",)

FIGURES = {
    "repeated_pairs": Figure(
        "fidelity", "real", "share of rows whose user already has the item"
    ),
    "user_degree_ks": Figure(
        "fidelity", 0.0, "distance of the numbers of items per user"
    ),
    "user_degree_wasserstein": Figure(
        "fidelity", 0.0, "mean shift of the log number of items per user"
    ),
    "item_degree_ks": Figure(
        "fidelity", 0.0, "distance of the numbers of users per item"
    ),
    "item_degree_wasserstein": Figure(
        "fidelity", 0.0, "mean shift of the log number of users per item"
    ),
    "user_gini": Figure(
        "fidelity", "real", "how unequally active users are, 0 to 1"
    ),
    "item_gini": Figure(
        "fidelity", "real", "how unequally popular items are, 0 to 1"
    ),
    "top_item_share": Figure(
        "fidelity", "real", "interactions with the top tenth of the items"
    ),
    "item_coverage": Figure(
        "fidelity", "real", "share of the catalog that occurs", _SAME
    ),
    "popularity_correlation": Figure(
        "fidelity", 1.0, "are the same items popular (Spearman)", _SAME
    ),
    "user_popularity_ks": Figure(
        "fidelity", 0.0, "distance of how popular users' items are", _SAME
    ),
    "lift_sd": Figure(
        "fidelity",
        "real",
        "how far pairs of top items are from occurring together by chance",
    ),
    "lift_ks": Figure("fidelity", 0.0, "distance of these pairs' lifts"),
    "lift_correlation": Figure(
        "fidelity", 1.0, "do the same items occur together", _SAME
    ),
    "rating_tv": Figure(
        "fidelity", 0.0, "share of ratings that would have to change", _RATED
    ),
    "rating_ks": Figure("fidelity", 0.0, "distance of the ratings", _RATED),
    "rating_wasserstein": Figure(
        "fidelity", 0.0, "how far a rating would have to move", _RATED
    ),
    "user_mean_sd": Figure(
        "fidelity", "real", "spread of the users' mean ratings", _RATED
    ),
    "item_mean_sd": Figure(
        "fidelity", "real", "spread of the items' mean ratings", _RATED
    ),
    "bias_r2": Figure(
        "fidelity",
        "real",
        "share of the ratings' variance explained by user and item alone",
        _RATED,
    ),
    "popularity_rating_correlation": Figure(
        "fidelity", "real", "are popular items rated higher (Spearman)", _RATED
    ),
    "gap_ks": Figure(
        "fidelity", 0.0, "distance of the times between interactions", _TIMED
    ),
    "hour_js": Figure(
        "fidelity", 0.0, "divergence of the hours of the day, in bits", _TIMED
    ),
    "weekday_js": Figure(
        "fidelity", 0.0, "divergence of the days of the week, in bits", _TIMED
    ),
    "column_similarity": Figure(
        "features", 1.0, "are the values shared alike (1 - KS, or TV)", _PEOPLE
    ),
    "pair_similarity": Figure(
        "features", 1.0, "do the same values go together", ("pairs",)
    ),
    "taste_auc": Figure(
        "features",
        "high",
        "how well tastes, learned from the table, tell it of real users",
        ("items", "features"),
    ),
    "precision": Figure(
        "realism", 1.0, "share of synthetic users among real ones", _SAME
    ),
    "density": Figure(
        "realism", 1.0, "how deep among real users they are", _SAME
    ),
    "c2st_auc": Figure(
        "realism", 0.5, "how well a classifier tells users apart", _SAME
    ),
    "recall": Figure(
        "diversity", 1.0, "share of real users among synthetic ones", _SAME
    ),
    "coverage": Figure(
        "diversity", 1.0, "share of real users with one beside them", _SAME
    ),
    "unique_rows": Figure(
        "diversity", "real", "share of users with a profile of their own"
    ),
    "vendi_score": Figure(
        "diversity", "real", "effective number of directions of taste", _SAME
    ),
    "modes_covered": Figure(
        "diversity", "real", "share of the groups of real users", _SAME
    ),
    "mode_js": Figure(
        "diversity", 0.0, "divergence of these groups' sizes, in bits", _SAME
    ),
    "ndcg_at_10": Figure(
        "usefulness",
        "high",
        "of a recommender trained on the table, for real users",
        ("items", "recommenders"),
    ),
    "recall_at_20": Figure(
        "usefulness",
        "high",
        "of a recommender trained on the table, for real users",
        ("items", "recommenders"),
    ),
    "kendall_tau": Figure(
        "usefulness",
        1.0,
        "are recommenders ranked as on the real table",
        ("items", "recommenders", "three"),
    ),
    "membership_auc": Figure(
        "privacy", 0.5, "chance to tell who was in the real table", _SAME
    ),
    "membership_tpr_at_1_fpr": Figure(
        "privacy",
        0.01,
        "share of people given away, with 1 % falsely accused",
        _SAME,
    ),
    "exact_copies": Figure(
        "privacy", 0.0, "share of users that are a real one, whole", _SAME
    ),
    "dcr_overfitting_protection": Figure(
        "privacy",
        1.0,
        "smoke alarm, no evidence of privacy: no closer to the real table "
        "than to other people",
        _SAME,
    ),
    "dcr_baseline_protection": Figure(
        "privacy",
        1.0,
        "smoke alarm, no evidence of privacy: as far from the real table as "
        "random users",
        _SAME,
    ),
    "neighbor_distance_ratio": Figure(
        "privacy",
        1.0,
        "smoke alarm, no evidence of privacy: distance to the nearest real "
        "user over that to the second one",
        _SAME,
    ),
}

WHY_LEFT_OUT = {
    "ratings": "needs ratings on both sides",
    "times": "needs timestamps on both sides",
    "items": "needs the items of the real table",
    "features": "needs features of users on both sides",
    "pairs": "needs two features of users, both numbers or both none",
    "recommenders": "no recommenders were given",
    "three": "needs three recommenders or more",
}
DCR_NOTE = (
    "Distances to the closest record are a smoke alarm: data that pass can "
    "still be highly vulnerable to membership inference (The DCR Delusion, "
    "arXiv 2505.01524)."
)
