// The end of what went through a rank's pseudo terminal.
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>
#include <launcher/shim/terminal.hpp>
#include <string>
#include <support/catch.hpp>

using namespace hecaton::launcher;

namespace {

Pair terminal() {
    Pair made = make_terminal(24, 80);
    REQUIRE(made.ours);
    ::fcntl(made.ours.get(), F_SETFL, O_RDWR | O_NONBLOCK);
    return made;
}

// Writes up to `size` bytes, as many as the terminal takes while nobody reads. Returns them.
std::string fill(const Pair& made, std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>(i * 7 % 256);
    ::fcntl(made.theirs.get(), F_SETFL, O_RDWR | O_NONBLOCK);
    std::size_t written = 0;
    for (ssize_t count = 1; count > 0 && written<size; written += count> 0 ? static_cast<std::size_t>(count) : 0)
        count = ::write(made.theirs.get(), text.data() + written, size - written);
    return text.substr(0, written);
}

}  // namespace

TEST_CASE("the rest of a terminal is what was written to it, also where it is full") {
    for (const std::size_t size : {0U, 1U, 4'096U, 5'000U, 60'000U, 1'000'000U}) {
        INFO(size);
        Pair made = terminal();
        const std::string text = fill(made, size);
        CHECK((rest_of(made.ours, made.theirs) == text));
    }
}

TEST_CASE("the rest of a terminal whose output was stopped is not waited for without end") {
    Pair made = terminal();
    REQUIRE(::tcflow(made.theirs.get(), TCOOFF) == 0);
    CHECK(rest_of(made.ours, made.theirs).empty());
}
