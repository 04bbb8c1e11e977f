#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstring>
#include <hecaton/foundation/host.hpp>
#include <hecaton/pool/worker/isolated_chunk.hpp>
#include <hecaton/recording/process.hpp>
#include <hecaton/recording/switch.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <utility>

namespace hecaton::detail {

using ErrorKind = ErrorRecord::Kind;

std::optional<IsolatedChunk::Clock::time_point> IsolatedChunk::deadline() const {
    const auto& limit = isolation_.timeout;
    if (!limit || finished()) return {};
    return begun_ + *limit;
}

void IsolatedChunk::begun(const ItemResults& results) {
    layout_ = results;
    layout_known_ = true;
    begun_ = Clock::now();
    if (crashes_ == 0) first_begun_ = begun_;
}

// An array has an element for each item, also for those that failed.
void IsolatedChunk::make_room(std::uint64_t items) {
    const std::uint64_t size = items * layout_.value_bytes;
    if (results_.in_place == nullptr && results_.values.size() < size)
        results_.values.grow_by(size - results_.values.size());
}

void IsolatedChunk::item(const Sandbox::Message& message) {
    if (!message.error.empty()) {
        results_.errors.append(message.error);
    } else if (layout_.value_bytes == 0) {
        results_.values.append(message.value);
    } else {
        make_room(done_ + 1);
        std::byte* const array = results_.in_place != nullptr ? results_.in_place : results_.values.data();
        std::memcpy(array + done_ * layout_.value_bytes, message.value.data(), message.value.size());
    }
    if (results_.with_times)
        results_.times.push_back({message.head.time.started, message.head.time.duration, attempt()});
    results_.computed += message.head.computed;
    next_item();
}

void IsolatedChunk::next_item() {
    const auto now = Clock::now();
    if (recording::on()) note_item(now);
    ++done_;
    crashes_ = 0;
    last_end_.clear();
    always_the_same_end_ = true;
    begun_ = first_begun_ = now;
}

// With all runs of it here.
void IsolatedChunk::note_item(Clock::time_point now) noexcept {
    const auto ns = [](Clock::duration time) {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
    };
    pieces_.add({.job = chunk_.chunk.job,
                 .first = chunk_.chunk.first + done_,
                 .count = 1,
                 .start = recording::time_of(ns(first_begun_.time_since_epoch())),
                 .duration = ns(now - first_begun_),
                 .attempt = std::min(attempt(), isolation_.attempts)});
}

// The time as it is seen from here: the sandbox could not report it.
void IsolatedChunk::add_time(std::uint64_t attempts) {
    if (!results_.with_times) return;
    const auto took = Clock::now() - begun_;
    results_.times.push_back({std::chrono::system_clock::now() - took, took, attempts});
}

// The same for what the items took together. Whether the sandbox has waited for a core is not known any more.
void IsolatedChunk::add_lost_run() {
    const auto now = Clock::now();
    results_.computed += std::chrono::duration<double>(now - begun_).count();
    begun_ = now;
}

void IsolatedChunk::fail_item(ErrorKind kind, const char* type_name, std::string text) {
    Writer writer(results_.errors);
    write(writer, {.kind = kind,
                   .index = chunk_.chunk.first + done_,
                   .rank = this_worker::rank(),
                   .host = host::name(),
                   .type_name = type_name,
                   .text = std::move(text)});
    next_item();
}

void IsolatedChunk::crashed(int status) {
    std::string end = end_in_words(status);
    if (WIFEXITED(status)) end += " in the middle of the item";
    if (crashes_++ != 0 && end != last_end_) always_the_same_end_ = false;
    last_end_ = std::move(end);
    const std::uint32_t runs = chunk_.chunk.attempt - 1 + crashes_;
    if (runs >= isolation_.attempts) add_time(runs);
    add_lost_run();
    if (runs < isolation_.attempts) return;
    std::string text = std::move(last_end_);
    const bool alike = always_the_same_end_ && chunk_.chunk.attempt == 1;  // nothing is known here of earlier runs
    if (runs > 1) text += fmt::format(" in {} of {} runs", alike ? "each" : "the last", runs);
    fail_item(ErrorKind::worker_lost, "hecaton::WorkerLost", std::move(text));
}

void IsolatedChunk::timed_out() {
    add_time(attempt());
    add_lost_run();
    const std::chrono::duration<double> limit = isolation_.timeout.value_or(std::chrono::nanoseconds(0));
    fail_item(ErrorKind::task_timeout, "hecaton::TaskTimeout",
              fmt::format("the item took longer than its limit of {:g} s, and was ended", limit.count()));
}

void IsolatedChunk::fail_rest(ErrorRecord why) {
    Writer writer(results_.errors);
    for (; !finished(); ++done_) {
        why.index = chunk_.chunk.first + done_;
        write(writer, why);
        add_time(attempt());
        if (recording::on()) note_item(first_begun_);
    }
}

void IsolatedChunk::gather() {
    if (layout_known_) make_room(done_);
    results_.done = done_;
    if (!layout_.to_gather) return;
    ChunkInput input = chunk_.input();
    input.items = {};
    input.count = done_;
    chunk_.job->task.runner().gather(input, results_);
}

}  // namespace hecaton::detail
