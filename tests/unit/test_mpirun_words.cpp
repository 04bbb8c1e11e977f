// What of mpirun's standard error is passed on.
#include <hecaton/attendant/mpirun_words.hpp>
#include <support/catch.hpp>

using hecaton::detail::attendant::MpirunWords;

namespace {

const std::string dashes = std::string(74, '-') + "\n";

std::string passed(MpirunWords& words, const std::string& text, std::size_t piece) {
    std::string all;
    for (std::size_t at = 0; at < text.size(); at += piece) all += words.add(std::string_view(text).substr(at, piece));
    return all + words.rest();
}

std::string passed(const std::string& text) {
    MpirunWords words;
    return passed(words, text, text.size());
}

}  // namespace

TEST_CASE("mpirun's paragraphs about the end of ranks are kept back, all else is passed on") {
    const std::string ended =
        dashes + "Primary job  terminated normally, but 1 process returned\na non-zero exit code.\n" + dashes + dashes +
        "mpirun noticed that process rank 1 with PID 0 on node h exited on signal 11 "
        "(Segmentation fault).\n" +
        dashes;
    const std::string other = dashes + "A requested component was not found\n" + dashes;
    MpirunWords words;
    CHECK(passed(words, "one\n" + ended + "two\n" + other, 4096) == "one\ntwo\n" + other);
    CHECK(words.killed_rank() == 1);
    CHECK(words.killed_on() == "h");
    CHECK_FALSE(words.explained());
    CHECK(passed(other + ended) == other);
    CHECK(passed("[vm:12] 1 more process has sent help message help-mpi-api.txt / mpi-abort\n").empty());
}

TEST_CASE("a rank's own dashes are its own") {
    CHECK(passed(dashes) == dashes);
    CHECK(passed(dashes + dashes + "x\n") == dashes + dashes + "x\n");
    CHECK(passed(dashes + "x") == dashes + "x");
    for (const std::size_t piece : {1U, 3U, 7U, 74U, 75U, 76U}) {
        MpirunWords words;
        const std::string text = "a\n" + dashes + "table\n" + dashes + "hecaton: it failed\n-- \n---" + "end";
        CHECK(passed(words, text, piece) == text);
    }
}

TEST_CASE("how mpirun crashes when it is asked to end is its own affair") {
    MpirunWords words;
    words.is_of(12);
    const std::string crash = "[h:12] *** Process received signal ***\n";
    const std::string of_a_rank = "[h:13] *** Process received signal ***\n[h:13] [12] main\n";
    CHECK(words.add(crash + of_a_rank) == crash + of_a_rank);
    words.end_is_known();
    CHECK(words.add(crash + of_a_rank) == of_a_rank);
}

TEST_CASE("a line of hecaton's own explains the end") {
    MpirunWords words;
    CHECK(words.add("hecaton: it failed\n") == "hecaton: it failed\n");
    CHECK(words.explained());
}

TEST_CASE("the beginning of a line is passed on at once") {
    MpirunWords words;
    CHECK(words.add("password: ") == "password: ");
    CHECK(words.add("- and more\n") == "- and more\n");
    CHECK(words.add("next\n") == "next\n");
}
