// journal_probe FILE BUILD COUNT [hold]: a program of that build that keeps COUNT results and two failures of "sweep",
// and one large result of a call without a name. With "hold" it says so and has the journal open until its input ends.
#include <cstdio>
#include <cstdlib>
#include <hecaton/foundation/error.hpp>
#include <hecaton/journal/journal.hpp>
#include <string>

namespace {

using namespace hecaton::detail::journal;

std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text.data(), text.size())); }

void fill(Journal& journal, std::uint64_t count) {
    Call call;
    call.name = "sweep";
    call.kind = "map";
    const CallNumber sweep = journal.begin(call);
    journal.items(sweep, count + 2);
    call.name = "";
    call.kind = "apply";
    const CallNumber unnamed = journal.begin(call);
    Batch batch;
    for (std::uint64_t i = 0; i < count + 2; ++i) {
        const std::string value = "value " + std::to_string(i);
        Entry entry;
        entry.index = i;
        entry.item = digest(bytes(value));
        entry.value = bytes(value);
        entry.rank = static_cast<std::int32_t>(i % 3);
        entry.host = "node1";
        entry.started = 1.5e9 + static_cast<double>(i);
        entry.duration = 0.25;
        entry.failed = i >= count;
        if (entry.failed) entry.error = "std::runtime_error: a \"comma\", and\na line";
        batch.add(sweep, entry);
    }
    const std::string large(100'000, 'L');
    Entry entry;
    entry.value = bytes(large);
    batch.add(unnamed, entry);
    journal.add(std::move(batch));
    journal.flush();
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc < 4) return 2;
    Options options;
    options.path = argv[1];
    options.build = argv[2];
    options.program = argv[0];
    const auto journal = Journal::open(options);
    fill(*journal, std::strtoull(argv[3], nullptr, 10));
    if (argc > 4) {
        std::puts("ready");
        std::fflush(stdout);
        while (std::getchar() != EOF) {
        }
    }
    return 0;
} catch (const hecaton::JournalError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
