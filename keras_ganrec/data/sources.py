"""Public data sets: who publishes them, on what terms, with what content."""

import dataclasses

MOVIELENS_LICENCE = (
    "MovieLens data may be used for research; it may not be redistributed, "
    "nor used for commercial or revenue-bearing purposes, without permission "
    "of GroupLens."
)
MOVIELENS_CITATION = (
    "F. M. Harper and J. A. Konstan. The MovieLens Datasets: History and "
    "Context. ACM TiiS 5(4):19, 2015."
)


@dataclasses.dataclass(frozen=True)
class Source:
    """One public data set.

    Args:
        folder: str. Its folder under the data directory.
        page: str. The page of its publisher.
        licence: str. What a user may do with it, in one sentence.
        citation: str. The publication to cite.
        checksums: dict. Digest of the unpacked content by file name:
            SHA-256, or `git:` and a git blob id. A file that is not listed
            is not checked.
        archive: Optional str. Address of a zip file to download; only where
            the licence lets a user do so.
        archived: Tuple of str. The files to take out of the archive.
        split_pages: dict from the folder of a split to the page of those who
            made it, where that is not the publisher.
    """

    folder: str
    page: str
    licence: str
    citation: str
    checksums: dict = dataclasses.field(default_factory=dict)
    archive: str | None = None
    archived: tuple = ()
    split_pages: dict = dataclasses.field(default_factory=dict)

    def page_of(self, name: str) -> str:
        """The page that a file comes from."""
        return self.split_pages.get(name.rpartition("/")[0], self.page)


GANMF = "https://github.com/edervishaj/GANMF (experiments/datasets)"
SOURCES = {
    "ml-100k": Source(
        folder="ml-100k",
        page="https://grouplens.org/datasets/movielens/100k/",
        licence=MOVIELENS_LICENCE,
        citation=MOVIELENS_CITATION,
        archive="https://files.grouplens.org/datasets/movielens/ml-100k.zip",
        archived=("u.data", "u.item", "u.user"),
        split_pages={
            "cfgan": "https://github.com/Bigdasgit/CFGAN (datasets/ML100K)",
            "irgan": "https://github.com/geek-ai/irgan "
            "(item_recommendation/ml-100k)",
        },
        checksums={
            "u.data": "06416e597f82b7342361e41163890c81"
            "036900f418ad91315590814211dca490",
            "u.item": "553841ebc7de3a0fd0d6b62a204ea30c"
            "1e651aacfb2814c7a6584ac52f2c5701",
            "u.user": "f120e114da2e8cf314fd28f99417c94a"
            "e9ddf1cb6db8ce0e4b5995d40e90e62c",
            "cfgan/ML100K.train": "3dcc6c5219de56ad819152860d31c9bf"
            "de0103288cb51923242d8b768726183f",
            "cfgan/ML100K.test": "4ad38c30a6f584571028c1e18815b989"
            "2febe254874872960629728d1cb293a4",
            "irgan/movielens-100k-train.txt": "81fdf6f0b282e60c43e93ab9ae3f062"
            "7d026bf382a61f90c59154a1126d3afde",
            "irgan/movielens-100k-test.txt": "b5cc7d184c5b68f1dca4f1f53da3849a"
            "cf4cd6ab65195b1d6bb59512cb402d17",
        },
    ),
    "ml-1m": Source(
        folder="ml-1m",
        page="https://grouplens.org/datasets/movielens/1m/",
        licence=MOVIELENS_LICENCE,
        citation=MOVIELENS_CITATION,
        archive="https://files.grouplens.org/datasets/movielens/ml-1m.zip",
        archived=("ratings.dat", "users.dat", "movies.dat"),
        split_pages={"ganmf": GANMF},
        checksums={
            "ratings.dat": "git:77a7c4b150f588c23bb9e1f068aa996c0b413695",
            "ratings.imputed-timestamps.dat": "5f5855a3a5f898de4d8e743bb490a3e"
            "ca8f24170af5d186d7fb15f4c42c415b5",
            "ratings.no-timestamps.dat": "2dad134c8b493373beed8d2a42e18ec2"
            "a93606fd957bd76c0bfbdef5c514b985",
            "users.dat": "1dc3a95300cb19f7c10e027daf29b8cd"
            "f1d908dab65b5edfb45950aa389a10a3",
            "movies.dat": "0140fc2356357c1a851d0f52e893a1e4"
            "d3696df632c4141cea8d5bc3d621f0b9",
            "ganmf/Movielens1M_URM_train.npz": "b888abed7c0165a00e7f871413aec1"
            "208fb8eea9f9b6b774f06727621a8487e3",
            "ganmf/Movielens1M_URM_validation.npz": "7f34dffd38158ecde463431a"
            "bc2ec68b5c5f95e484cd8942e585fbea801c1bef",
            "ganmf/Movielens1M_URM_test.npz": "5e488e3101b8f8a290680b6cf04a606"
            "628cfc21b0d70f8e6b3da60ab9421601d",
        },
    ),
    "ml-hetrec": Source(
        folder="ml-hetrec2011-ganmf",
        page=GANMF,
        licence="HetRec 2011 MovieLens data are for research and "
        "non-commercial use, and may not be redistributed without permission.",
        citation="I. Cantador, P. Brusilovsky and T. Kuflik. HetRec 2011. "
        "RecSys 2011.",
        checksums={
            "Movielenshetrec2011_URM_train.npz": "29156e5d294c438b5c7ec8ecb39"
            "617efb74d59709de55b1c2777006d9557872f",
            "Movielenshetrec2011_URM_validation.npz": "51d957bfd2b141739a208f"
            "75c2c025bc96d04748b0f4cbce247a93561282727b",
            "Movielenshetrec2011_URM_test.npz": "f5d53510c835eacb17a5f738ff04"
            "a51ef06edd2c06b4d25b78aca762f72fc978",
        },
    ),
    "lastfm": Source(
        folder="lastfm-hetrec",
        page="https://grouplens.org/datasets/hetrec-2011/",
        split_pages={
            "ganmf": GANMF,
            "lightgcn": "https://github.com/gusye1234/LightGCN-PyTorch "
            "(data/lastfm)",
        },
        licence="HetRec 2011 Last.FM data are for non-commercial use.",
        citation="I. Cantador, P. Brusilovsky and T. Kuflik. HetRec 2011. "
        "RecSys 2011.",
        checksums={
            "user_artists.dat": "001400dc3c7d2667fca6e4ea6dc6acc3"
            "1a9dd28ad5cd0f74cea988c019934d3b",
            "artists.dat": "c173881362c6b28551368fecb3c0be5a"
            "6a30a6cd859e1f5775413dfe46d48648",
            "ganmf/LastFM_URM_train.npz": "2aa9e5f5267db8a8adb0451f026a0874"
            "721d8077e9c7742d6f93cb430582a33f",
            "ganmf/LastFM_URM_validation.npz": "2ab5ee9001c5b7b76313f34e857f98"
            "dde2207926a51429a0082412b9ab909518",
            "ganmf/LastFM_URM_test.npz": "c6d053ca2be8c76821ef29ced1da981c"
            "54b1d98a40323b2b7050112fc11dc53b",
            "lightgcn/data1.txt": "c82af3228cbbda2f55a39244de09ed93"
            "292894f1d0d9f1908ebb57e27598fded",
            "lightgcn/test1.txt": "de4417c0e6123284ce59a0934bcf5288"
            "ec1ec8774a18a1eef453c9952dfa48f9",
        },
    ),
    "gowalla": Source(
        folder="gowalla",
        page="https://github.com/kuandeng/LightGCN (Data/gowalla)",
        licence="No licence is stated: research use, cite, do not republish.",
        citation="E. Cho, S. A. Myers and J. Leskovec. Friendship and "
        "mobility. KDD 2011; split of X. Wang et al., SIGIR 2019.",
        # train.txt goes unchecked: copies differ in the order of the items.
        checksums={
            "test.txt": "099a2a73924e4b754dc6efd730d764f4"
            "92321b53c38eb93298850c83acf57be3",
        },
    ),
    "citeulike-a": Source(
        folder="citeulike-a",
        page="https://github.com/js05212/citeulike-a",
        licence="No licence is stated: research use, cite, do not republish.",
        citation="H. Wang, B. Chen and W.-J. Li. Collaborative topic "
        "regression with social regularization. IJCAI 2013.",
        checksums={
            "users.dat": "53211d82c14ff261e595634d285ed9fb"
            "f8049cf81dcb751d924d695b9612a02c",
        },
    ),
    "citeulike-t": Source(
        folder="citeulike-t",
        page="https://github.com/js05212/citeulike-t",
        split_pages={
            "cvae": "https://github.com/eelxpeng/CollaborativeVAE "
            "(data/citeulike-t)",
        },
        licence="No licence is stated: research use, cite, do not republish.",
        citation="H. Wang, B. Chen and W.-J. Li. Collaborative topic "
        "regression with social regularization. IJCAI 2013; split of X. Li "
        "and J. She, KDD 2017.",
        checksums={
            "users.dat": "02d5d429b2c0362e0ed79f6ef204666b"
            "4092563d21493abf4dfb521e8a7078bf",
            "mult.dat": "5ed81e6fdbf8d475122d4a18d6222025"
            "71ac80f27be017e194a1957da585283d",
            "vocabulary.dat": "d58f0e6ce40da9e57c7ad6bbb2d0f135"
            "1730e3ecfcbbdf14eec07d493ce539e1",
            "cvae/cf-train-10-users.dat": "5c459068b822f9889909e784592d2f3d"
            "1a387c7cac1a8dd919afc526c32dfdc7",
            "cvae/cf-test-10-users.dat": "bbe490d0ef560c59e74416160c053c4c"
            "e90788d1b6e76f650a78131a2c7f9249",
        },
    ),
    "msweb": Source(
        folder="msweb",
        page="https://archive.ics.uci.edu/dataset/4",
        licence="UCI Machine Learning Repository, CC BY 4.0.",
        citation="J. Breese, D. Heckerman and C. Kadie. Anonymous Microsoft "
        "Web Data. UCI Machine Learning Repository, 1998.",
        checksums={
            "anonymous-msweb.data": "60fd5f438a55d2105ca0ff4142e748e2"
            "146486bde84c96d55dc98b37a8139cbd",
        },
    ),
}
