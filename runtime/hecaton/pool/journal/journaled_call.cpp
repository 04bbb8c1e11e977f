#include <algorithm>
#include <hecaton/foundation/log.hpp>
#include <hecaton/pool/journal/journaled_call.hpp>
#include <hecaton/tasks/frames.hpp>
#include <hecaton/tasks/item_runner.hpp>

namespace hecaton::detail {
namespace {

using std::chrono::duration;
using std::chrono::duration_cast;
using std::chrono::system_clock;

void append(std::vector<IndexRange>& ranges, std::uint64_t first, std::uint64_t count) {
    if (!ranges.empty() && ranges.back().first + ranges.back().count == first) {
        ranges.back().count += count;
    } else {
        ranges.push_back({first, count});
    }
}

double seconds_since_1970(system_clock::time_point time) {
    return duration_cast<duration<double>>(time.time_since_epoch()).count();
}

}  // namespace

std::vector<IndexRange> JournaledCall::restore(std::uint64_t first, std::uint64_t count,
                                               std::vector<journal::Digest> contents, const Accept& accept) {
    std::vector<IndexRange> done;
    std::uint64_t next = first;  // items before it are dealt with
    setup_.journal->find(setup_.call, first, count, [&](const journal::Entry& entry) {
        const std::uint64_t at = entry.index - first;
        if (entry.index < next || at % setup_.block != 0 || !(contents[at / setup_.block] == entry.item)) return;
        if (entry.failed && !setup_.keep_errors) return;
        const std::uint64_t items = std::min(setup_.block, count - at);
        give(entry, items, accept);
        append(done, entry.index, items);
        next = entry.index + items;
    });
    std::uint64_t restored = 0;
    for (const IndexRange& range : done) restored += range.count;
    if (restored < count) {
        const std::lock_guard lock(mutex_);
        contents_.push_back({first, count, count - restored, std::move(contents)});
    }
    known_ += count;
    setup_.journal->items(setup_.call, known_);
    return done;
}

// As a worker would have sent it.
void JournaledCall::give(const journal::Entry& entry, std::uint64_t count, const Accept& accept) {
    ItemTime time;
    time.started = system_clock::time_point(duration_cast<system_clock::duration>(duration<double>(entry.started)));
    time.duration = duration<double>(entry.duration);
    time.attempts = entry.attempts;
    ChunkResults results{.first = entry.index,
                         .done = count,
                         .values = {},
                         .errors = {},
                         .times = {},
                         .rank = entry.rank,
                         .attempt = entry.attempts,
                         .seconds = entry.duration,
                         .host = entry.host};
    if (setup_.with_times) results.times = std::as_bytes(std::span(&time, 1));
    value_.clear();
    if (entry.failed) {
        results.errors = entry.value;
    } else if (setup_.signature->form >= ResultForm::frames) {
        append_frame_of(value_, [&](Writer& writer) { writer.raw(entry.value.data(), entry.value.size()); });
        results.values = value_.bytes();
    } else {
        results.values = entry.value;
    }
    accept(results);
}

void JournaledCall::add(const ChunkResults& results, std::span<const std::byte> in_place) noexcept {
    try {
        note(results, in_place);
    } catch (const std::exception&) {
        log::line("there is no memory to put some results into the journal: the next start computes them again");
    }
}

void JournaledCall::note(const ChunkResults& results, std::span<const std::byte> in_place) {
    const Signature& signature = *setup_.signature;
    const bool placed = signature.form == ResultForm::array && !in_place.empty();
    Reader values(placed ? in_place : results.values);
    ErrorList failed(results.errors);
    journal::Batch batch;
    Buffer error_bytes;
    const auto mean = results.seconds / static_cast<double>(std::max<std::uint64_t>(units(results.done), 1));
    for (std::uint64_t i = 0; i < results.done; i += setup_.block) {
        const std::uint64_t items = std::min(setup_.block, results.done - i);
        journal::Entry entry{.index = results.first + i,
                             .count = items,
                             .item = content(results.first + i),
                             .value = {},
                             .error = {},
                             .rank = results.rank,
                             .host = setup_.hosts->at(static_cast<std::size_t>(results.rank)),
                             .attempts = results.attempt,
                             .duration = mean};
        if (!results.times.empty()) {
            ItemTime time;
            std::memcpy(&time, results.times.data() + i * sizeof time, sizeof time);
            entry.started = seconds_since_1970(time.started);
            entry.duration = time.duration.count();
            entry.attempts = static_cast<std::uint32_t>(time.attempts);
        }
        const ErrorRecord* error = nullptr;
        for (std::uint64_t item = 0; item < items && error == nullptr; ++item) error = failed.at(entry.index + item);
        if (signature.form == ResultForm::array && values.remaining() != 0) {
            entry.value = {values.take(signature.result_bytes), signature.result_bytes};
        } else if (signature.form == ResultForm::folded || (signature.form == ResultForm::frames && error == nullptr)) {
            entry.value = next_frame(values);
        }
        std::string text;
        if (error != nullptr) {
            error_bytes.clear();
            Writer writer(error_bytes);
            write(writer, *error);
            text = type_and_text(error->type_name, error->text);
            entry.failed = true;
            entry.value = error_bytes.bytes();
            entry.error = text;
        }
        batch.add(setup_.call, entry);
    }
    forget(results.first, results.done);
    setup_.journal->add(std::move(batch));
}

journal::Digest JournaledCall::content(std::uint64_t item) {
    const std::lock_guard lock(mutex_);
    const auto behind = std::upper_bound(contents_.begin(), contents_.end(), item,
                                         [](std::uint64_t at, const Contents& some) { return at < some.first; });
    const Contents& found = *std::prev(behind);
    return found.digests[(item - found.first) / setup_.block];
}

void JournaledCall::forget(std::uint64_t first, std::uint64_t count) {
    const std::lock_guard lock(mutex_);
    for (Contents& some : contents_) {
        const std::uint64_t begin = std::max(first, some.first);
        const std::uint64_t end = std::min(first + count, some.first + some.count);
        if (begin >= end) continue;
        some.left -= end - begin;
        if (some.left == 0) some.digests = {};
    }
    while (!contents_.empty() && contents_.front().left == 0) contents_.pop_front();
}

}  // namespace hecaton::detail
