"""Each true format, on a tiny file written by hand; broken ones too."""

import gzip

import pytest
import scipy.sparse

from keras_ganrec.data import Interactions
from keras_ganrec.data import readers


def rows(table):
    return table.to_numpy().tolist()


def test_u_data(write):
    path = write("u.data", "196\t242\t3\t881250949\n186\t302\t5\t891717742\n")
    table = readers.read_rows(path)
    assert list(table) == ["user", "item", "rating", "timestamp"]
    assert rows(table) == [[196, 242, 3, 881250949], [186, 302, 5, 891717742]]


def test_u_item_is_latin_1(write):
    flags = "|".join(str(int(i in (3, 18))) for i in range(19))
    path = write(
        "u.item",
        f"1|Les Mis\xe9rables (1995)|01-Jan-1995||http://x/?a|{flags}\n"
        f'2|"Quoted" (1996)|||http://y|{"|".join("0" * 19)}\n',
    )
    table = readers.read_u_item(path)
    assert rows(table) == [
        [
            1,
            "Les Mis\xe9rables (1995)",
            "Animation|Western",
            "01-Jan-1995",
            "http://x/?a",
        ],
        [2, '"Quoted" (1996)', "", "", "http://y"],
    ]


def test_u_user(write):
    path = write("u.user", "1|24|M|technician|85711\n2|53|F|other|T8H1N\n")
    assert rows(readers.read_u_user(path)) == [
        [1, 24, "M", "technician", "85711"],
        [2, 53, "F", "other", "T8H1N"],
    ]


def test_ratings_dat_with_and_without_times(write):
    path = write("ratings.dat", "1::1193::5::978300760\n2::661::3::978302109\n")
    table = readers.read_ratings_dat(path)
    assert rows(table) == [[1, 1193, 5, 978300760], [2, 661, 3, 978302109]]
    table = readers.read_ratings_dat(write("r.dat", "1::1193::3.5\n"))
    assert list(table) == ["user", "item", "rating"]
    assert rows(table) == [[1, 1193, 3.5]]


def test_users_and_movies_dat(write):
    users = readers.read_users_dat(
        write("users.dat", "1::F::1::10::48067\n2::M::56::16::02139-1\n")
    )
    assert rows(users) == [
        [1, "F", 1, 10, "48067"],
        [2, "M", 56, 16, "02139-1"],
    ]
    movies = readers.read_movies_dat(
        write("movies.dat", "7::Am\xe9lie: a tale, NA (2001)::Comedy|Romance\n")
    )
    assert rows(movies) == [
        [7, "Am\xe9lie: a tale, NA (2001)", "Comedy|Romance"]
    ]


def test_item_lists_of_lightgcn(write):
    path = write("train.txt", "0 5 6 7\n1 \n2 5\n")
    table = readers.read_item_lists(path)
    assert rows(table) == [[0, 5], [0, 6], [0, 7], [2, 5]]


def test_both_kinds_of_sequences_mean_the_same(write):
    by_row = write("sasrec.txt", "1 30\n1 10\n2 20\n1 20\n")
    by_line = write("s3rec.txt", "1 30 10 20\n2 20\n")
    expected = [[1, 10, 1], [1, 20, 2], [1, 30, 0], [2, 20, 0]]
    for path in (by_row, by_line):
        table = readers.read_sequences(path)
        assert list(table) == ["user", "item", "timestamp"]
        assert sorted(rows(table)) == expected
        Interactions.from_dataframe(table, timestamp="timestamp")


def test_citeulike_users(write):
    path = write("users.dat", "2 495 1631\n0\n1 7\n")
    table = readers.read_citeulike_users(path)
    assert rows(table) == [[0, 495], [0, 1631], [2, 7]]


def test_citeulike_words(write):
    vocabulary = write("vocabulary.dat", "xylem\nm-estimators\n\n")
    path = write("mult.dat", "2 1:1 0:2\n0\n1 0:1\n")
    table = readers.read_citeulike_words(path, vocabulary)
    assert rows(table) == [
        [0, "m-estimators xylem xylem"],
        [1, ""],
        [2, "xylem"],
    ]
    packed = write("packed.gz", gzip.compress(path.read_bytes()))
    assert readers.read_citeulike_words(packed, vocabulary).equals(table)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("1 0:1\n2 0:1\n", "line 2 announces 2 words and holds 1"),
        ("1 2:1\n", "line 1 has a word beyond the 2 of the vocabulary"),
        ("1 -1:1\n", "line 1 has a word beyond"),
        ("1 0\n", "words.dat cannot be read"),
        ("1 0:x\n", "words.dat cannot be read"),
        ("1 0:-1\n", "words.dat cannot be read"),
        ("", "the file is empty"),
    ],
)
def test_wrong_words(write, content, message):
    vocabulary = write("vocabulary.dat", "xylem\ngene\n")
    with pytest.raises(ValueError, match=message):
        readers.read_citeulike_words(write("words.dat", content), vocabulary)


def test_lastfm(write):
    path = write(
        "user_artists.dat", "userID\tartistID\tweight\r\n2\t51\t13883\r\n"
    )
    assert rows(readers.read_user_artists(path)) == [[2, 51, 13883]]
    content = 'id\tname\turl\tpictureURL\n1\tBj\xf6rk "NA"\thttp://a\t\n'
    artists = readers.read_artists(write("artists.dat", content.encode()))
    assert rows(artists) == [[1, 'Bj\xf6rk "NA"', "http://a", ""]]


def test_dst(write):
    path = write(
        "msweb.data",
        'I,4,"www.microsoft.com","created by getlog.pl"\n'
        'T,1,"VRoot",0,0,"VRoot"\n'
        'A,1287,1,"Auto, Route","/autoroute"\n'
        'C,"10001",10001\nV,1000,1\nV,1001,1\nC,"10002",10002\nV,1001,1\n',
    )
    visits, areas = readers.read_dst(path)
    assert rows(visits) == [[10001, 1000], [10001, 1001], [10002, 1001]]
    assert rows(areas) == [[1287, "Auto, Route", "/autoroute"]]


def test_packed_csr(tmp_path):
    matrix = scipy.sparse.eye_array(3, format="csr")
    scipy.sparse.save_npz(tmp_path / "plain.npz", matrix)
    path = tmp_path / "packed.npz.gz"
    path.write_bytes(gzip.compress((tmp_path / "plain.npz").read_bytes()))
    assert abs(readers.read_csr(path) - matrix).nnz == 0


def test_csr(tmp_path):
    matrix = scipy.sparse.random_array((5, 4), density=0.4, rng=0)
    scipy.sparse.save_npz(tmp_path / "m.npz", matrix.tocsc())
    result = readers.read_csr(tmp_path / "m.npz")
    assert (result.toarray() == matrix.toarray()).all()


READERS = {
    "u.data": (readers.read_rows, "1\t2\t3\t4\n"),
    "u.item": (
        readers.read_u_item,
        "1|Up|1|2|x|" + "|".join("0" * 19) + "\n",
    ),
    "u.user": (readers.read_u_user, "1|24|M|technician|85711\n"),
    "ratings.dat": (readers.read_ratings_dat, "1::1193::5::978300760\n"),
    "users.dat": (readers.read_users_dat, "1::F::1::10::48067\n"),
    "movies.dat": (readers.read_movies_dat, "1::Toy Story::Comedy\n"),
    "lists": (readers.read_item_lists, "0 1\n"),
    "sequences": (readers.read_sequences, "1 2\n"),
    "citeulike": (readers.read_citeulike_users, "1 7\n"),
    "artists.dat": (readers.read_artists, "id\tname\tu\tp\n1\ta\tb\tc\n"),
    "user_artists.dat": (readers.read_user_artists, "u\ta\tw\n1\t2\t3\n"),
    "msweb": (
        lambda path: readers.read_dst(path)[0],
        'C,"10001",10001\nV,1000,1\n',
    ),
}


@pytest.mark.parametrize("kind", READERS)
def test_gzip_is_transparent(write, kind):
    read, content = READERS[kind]
    plain = read(write("plain", content))
    packed = read(write("packed.gz", gzip.compress(content.encode())))
    assert len(plain) == 1
    assert plain.equals(packed)


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("damage", ["empty", "noise", "cut gzip"])
def test_broken_file_is_named(write, kind, damage):
    read, content = READERS[kind]
    packed = gzip.compress(content.encode() * 100)
    broken = {
        "empty": b"",
        "noise": bytes(range(1, 256)) * 3,
        "cut gzip": packed[: len(packed) // 2],
    }[damage]
    with pytest.raises(ValueError, match="broken_file cannot be read"):
        read(write("broken_file", broken))


@pytest.mark.parametrize(
    ("read", "content", "message"),
    [
        (readers.read_rows, "1\t2\t3\t4\n1\t2\t3\n", "line 2 has no timest"),
        (readers.read_rows, "1\t2\t3\n", "3 fields, expected 4: user, item"),
        (readers.read_rows, "1 2 3 4 5\n", "5 fields, expected 4"),
        (readers.read_rows, "1 2 good 4\n", "rating column holds more"),
        (readers.read_rows, "1.5 2 3 4\n", "user column holds more"),
        (readers.read_ratings_dat, "1::2::3::4\n1::2\n", "line 2 has no rat"),
        (readers.read_movies_dat, "1::A::B\n2::C\n", "line 2 has 2 fi"),
        (readers.read_users_dat, "1::F::1::10::4\n2::M\n", "users"),
        (readers.read_citeulike_users, "2 5 6\n3 7 8\n", "line 2 announces 3"),
        (readers.read_sequences, "1 2\n1 x\n", "'x'"),
        (readers.read_item_lists, "0 1 2.5\n", "2.5"),
    ],
)
def test_truncated_and_wrong_lines(write, read, content, message):
    with pytest.raises(ValueError, match=message):
        read(write("users", content))
