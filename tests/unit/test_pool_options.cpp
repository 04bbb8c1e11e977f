// The options of a call: a `with` of a `with` changes what differs from the defaults.
#include <hecaton/pool/options.hpp>
#include <support/catch.hpp>
#include <utility>

using hecaton::MapOptions;
using hecaton::OnError;
using hecaton::detail::changed_options;

namespace {

MapOptions none_by_default() {
    return {.chunk_size = 3,
            .timeout = std::chrono::seconds(4),
            .attempts = 5,
            .isolate = true,
            .progress = true,
            .buffer_size = 6,
            .name = "sweep",
            .cost = [](std::size_t) { return 7.0; },
            .seed = 8,
            .journal = "j.db",
            .version = "2",
            .on_error = OnError::stop,
            .keep_on_interrupt = true};
}

void check_none_by_default(const MapOptions& options) {
    CHECK(options.chunk_size == 3);
    CHECK(options.timeout == std::chrono::seconds(4));
    CHECK(options.attempts == 5);
    CHECK(options.isolate);
    CHECK(options.progress);
    CHECK(options.buffer_size == 6);
    CHECK(options.name == "sweep");
    REQUIRE(options.cost);
    CHECK(options.cost(0) == 7.0);
    CHECK(options.seed == 8);
    CHECK(options.journal == "j.db");
    CHECK(options.version == "2");
    CHECK(options.on_error == OnError::stop);
    CHECK(options.keep_on_interrupt);
}

}  // namespace

TEST_CASE("what is as by default changes nothing") {
    check_none_by_default(changed_options(none_by_default(), {}));
    check_none_by_default(changed_options(none_by_default(), {.attempts = MapOptions().attempts}));
}

TEST_CASE("each option that differs from the defaults is changed") {
    check_none_by_default(changed_options({}, none_by_default()));
    const MapOptions others{.chunk_size = 13, .timeout = {}, .attempts = 1, .name = "other", .cost = {}};
    const MapOptions both = changed_options(none_by_default(), others);
    CHECK(both.chunk_size == 13);
    CHECK(both.timeout == std::chrono::seconds(4));
    CHECK(both.attempts == 1);
    CHECK(both.name == "other");
    CHECK(both.cost(0) == 7.0);
    const MapOptions cost{.cost = [](std::size_t) { return 9.0; }};
    CHECK(changed_options(none_by_default(), cost).cost(0) == 9.0);
}
