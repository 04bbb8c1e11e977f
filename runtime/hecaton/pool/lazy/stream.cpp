#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/calls/call_guard.hpp>
#include <hecaton/pool/lazy/restored.hpp>
#include <hecaton/pool/lazy/results.hpp>
#include <hecaton/pool/lazy/stream.hpp>
#include <hecaton/pool/root/driver.hpp>
#include <hecaton/tasks/forked_copy.hpp>

namespace hecaton::detail {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t few_items = 4;   // for each worker: so many are read ahead whatever their size
constexpr double seconds_ahead = 10e-3;  // of work for each worker
constexpr std::uint64_t most_items = 64 * 1024;
constexpr double most_bytes = 32.0 * 1024 * 1024;
constexpr std::uint64_t batch_items = 4 * 1024;  // read between two looks at anything else
constexpr std::size_t batch_bytes = 1024 * 1024;
constexpr auto quick_batch = 100us;
constexpr auto longest_reading = 1ms;  // while there is something to yield

}  // namespace

struct LazyStream::State {
    std::shared_ptr<Driver> driver;
    std::shared_ptr<const std::vector<std::string>> hosts;
    std::shared_ptr<LazyJob> job;

    // The input. Nothing is left of it once it has ended or thrown.
    std::unique_ptr<LazyInput> input;
    bool ended = false;
    std::exception_ptr input_error;
    std::uint64_t batch = 1;  // items to be read at a time: many of a quick input, few of a slow one
    std::uint64_t read_bytes = 0;

    std::uint64_t fewest = 0;  // items that are read ahead in any case
    std::uint64_t window = 0;  // items that are read ahead at most, at present
    std::uint64_t widest = 0;
    std::uint64_t quantum = 1;  // items that are worth reading while there is still something to yield
    bool full_of_bytes = false;

    LazyResults results;
    std::unique_ptr<LazyRestored> journal;
    bool restored = false;  // the journal had something of what was read last
    ResultBlock block;
    ErrorList errors{{}};
    ErrorRecord lost;  // of a block that was lost
    Reader values{{}};
    std::uint64_t undecoded = 0;

    bool block_fresh = false;  // results.next() has given it, but it was not opened yet
    bool left_out = false;     // leave_out_rest() was called, and nothing more will be read
    bool lost_items = false;   // some that were read could not be handed over, because of input_error

    explicit State(bool ordered) : results(ordered) {}
    // Not the stream's, whose constructor may throw when the call is under way.
    ~State() {
        if (!forked_copy && job != nullptr && !job->ready()) driver->cancel(job);
    }
    void set_window(std::uint64_t items) {
        window = items;
        const std::uint64_t chunk = std::max<std::uint64_t>(job->options().chunk_size, 1);
        quantum = std::max<std::uint64_t>({window / 4, std::min(chunk, window / 2), 1});
    }
    void wait_for_arrivals() const {
        driver->wheel().drive_for_now([this] { return job->has_arrivals() || job->ready(); });
    }
    bool may_read() const { return input != nullptr && !job->input_cut() && !job->ready(); }
};

LazyStream::LazyStream(std::shared_ptr<Driver> driver, LazyCall call, std::unique_ptr<LazyInput> input,
                       const CallSurroundings& around)
    : state_(std::make_unique<State>(call.ordered)) {
    State& state = *state_;
    state.driver = std::move(driver);
    state.hosts = std::move(call.hosts);
    state.input = std::move(input);
    state.job = std::make_shared<LazyJob>(call.task, std::move(call.closure), std::move(call.signature),
                                          call.with_times, std::move(call.options), call.ordered);
    state.job->set_kind(around.kind);
    state.job->expect(state.input->items());
    state.journal = std::make_unique<LazyRestored>(*state.job, around);
    state.driver->submit(state.job, true);

    const MapOptions& options = state.job->options();
    const auto workers = static_cast<std::uint64_t>(state.driver->workers());
    state.fewest = few_items * workers;
    if (options.buffer_size != 0) {
        state.fewest = state.widest = options.buffer_size;
        state.set_window(options.buffer_size);
    } else {
        state.widest = std::max(most_items, state.fewest);
        const std::uint64_t chunk = std::min<std::uint64_t>(options.chunk_size, state.widest);
        state.set_window(std::min(workers * std::max(few_items, 2 * chunk), state.widest));
    }
    read_ahead(false);
}

LazyStream::~LazyStream() = default;

// ---- reading ----

// How many more items may be read now.
std::uint64_t LazyStream::room() const {
    State& state = *state_;
    const std::uint64_t ahead = read_ - yielded_;
    if (ahead >= state.window) return 0;
    const double held = static_cast<double>(state.read_bytes - state.job->released_bytes()) +
                        static_cast<double>(ahead) * state.results.bytes_per_item();
    state.full_of_bytes = ahead >= state.fewest && held >= most_bytes;
    if (state.full_of_bytes) return 0;
    return ahead < state.fewest ? std::min(state.fewest, state.window) - ahead : state.window - ahead;
}

void LazyStream::read_batch(std::uint64_t most) {
    State& state = *state_;
    ItemSegment segment;
    segment.first = read_;
    bool more = false;
    const auto begin = Clock::now();
    try {
        more = state.input->read(segment, std::min(most, state.batch), batch_bytes);
    } catch (...) {
        state.input_error = std::current_exception();
    }
    const auto took = Clock::now() - begin;
    if (took < quick_batch) state.batch = std::min(2 * state.batch, batch_items);
    if (took > 4 * quick_batch) state.batch = std::max<std::uint64_t>(state.batch / 4, 1);
    const std::uint64_t count = segment.count;
    const std::size_t bytes = segment.bytes.size();
    try {
        if (Buffer restored = state.journal->take(segment); !restored.empty()) {
            state.results.room() = std::move(restored);
            state.restored = true;
        }
        state.driver->extend(state.job, std::move(segment), !more);
        read_ += count;
        state.read_bytes += bytes;
    } catch (...) {  // no memory: what is under way ends, and the range with it
        more = false;
        state.lost_items = true;
        state.input_error = std::current_exception();
        state.driver->cancel(state.job);
    }
    if (!more) {
        state.ended = true;
        state.input.reset();
    }
}

// Reads as far as it may. While there is something to yield, or once something has arrived for one who waits, a slow
// input does not hold it up.
void LazyStream::read_ahead(bool waiting) {
    State& state = *state_;
    bool late = false;
    if (state.may_read()) {
        const auto begin = Clock::now();
        for (std::uint64_t most = room(); !state.ended && (most != 0 || (waiting && widen())); most = room()) {
            if (most == 0) continue;
            read_batch(most);
            const bool enough = waiting ? state.job->has_arrivals() || state.restored
                                        : read_ - yielded_ >= static_cast<std::uint64_t>(state.driver->workers());
            if (enough && Clock::now() - begin > longest_reading) {
                late = true;
                break;
            }
        }
        state.driver->wheel().step_for_now();
    }
    if (!state.may_read()) {
        read_below_ = -1;
        return;
    }
    const auto ahead = static_cast<std::int64_t>(read_ - yielded_);
    if (late) {
        read_below_ = ahead;
    } else if (state.full_of_bytes) {
        read_below_ = ahead - std::max<std::int64_t>(ahead / 4, 1);
    } else {
        read_below_ = static_cast<std::int64_t>(state.window - state.quantum);
    }
}

// Called when nothing is left to yield: reads further ahead from now on if the workers are short of work.
bool LazyStream::widen() {
    State& state = *state_;
    const double cost = state.results.seconds_per_item();
    if (state.window >= state.widest || state.full_of_bytes || state.results.arrived() == 0) return false;
    const auto workers = static_cast<double>(state.driver->workers());
    const auto under_way = static_cast<double>(read_ - state.results.arrived());
    if (under_way >= workers * static_cast<double>(few_items) / 2 && under_way * cost >= workers * seconds_ahead)
        return false;
    state.set_window(std::min(2 * state.window, state.widest));
    return true;
}

// ---- going on ----

void LazyStream::check_thread() const { refuse_nested("begin() or ++ on the results of imap"); }

void LazyStream::advance() {
    if (place_ == Place::end) return;
    if (place_ == Place::input_error || (place_ == Place::cancelled && !state_->results.skip_gap())) {
        place_ = Place::end;
        return;
    }
    if (place_ == Place::item && ++index_ < block_end_) {
        ++yielded_;
    } else {
        find_block();
    }
    if (place_ == Place::item && static_cast<std::int64_t>(read_ - yielded_) <= read_below_) read_ahead(false);
}

void LazyStream::find_block() {
    State& state = *state_;
    while (!state.block_fresh && !state.results.next(state.block)) {
        const bool complete = state.job->ready();  // asked first: nothing arrives behind it
        if (state.job->has_arrivals()) {
            state.results.room() = state.job->take_arrivals();
            continue;
        }
        if (state.ended && state.results.passed() >= read_) {
            place_ = state.input_error ? Place::input_error : Place::end;
            return;
        }
        if (complete && leave_out_rest()) continue;
        if (complete) {
            const bool over = state.job->early_end() != nullptr && state.results.passed() >= read_;
            place_ = !over ? Place::cancelled : state.input_error ? Place::input_error : Place::end;
            index_ = state.results.passed();
            return;
        }
        read_ahead(true);
        if (std::exchange(state.restored, false)) continue;
        if (!state.ended || state.results.passed() < read_) state.wait_for_arrivals();
    }
    state.block_fresh = true;  // what follows may throw; then this block is still the next one
    const ChunkResults& results = state.block.results;
    state.errors = ErrorList(results.errors);
    state.values = Reader(results.values);
    if (state.block.lost) {
        Reader error(results.errors);
        state.lost = read_error_record(error);
    }
    state.block_fresh = false;
    place_ = Place::item;
    index_ = results.first;
    block_end_ = results.first + results.done;
    ++yielded_;
}

// The call has ended early, and the driver had not got all items that were read: those have no result either.
bool LazyStream::leave_out_rest() {
    State& state = *state_;
    if (state.job->early_end() == nullptr || state.left_out) return false;
    state.left_out = true;
    const std::uint64_t taken = state.job->taken();
    if (taken >= read_) return false;
    state.results.room() = state.job->left_out(taken, read_ - taken);
    return true;
}

// ---- at an item ----

const ChunkResults& LazyStream::chunk() const noexcept { return state_->block.results; }
Reader& LazyStream::values() noexcept { return state_->values; }

const ErrorRecord* LazyStream::error() {
    State& state = *state_;
    if (!state.block.lost) return state.errors.at(index_);
    state.lost.index = index_;
    return &state.lost;
}

std::exception_ptr LazyStream::failure() const {
    const State& state = *state_;
    if (place_ == Place::input_error || (state.input_error && state.lost_items)) return state.input_error;
    try {
        state.job->throw_error();  // the pool's, or that it was cancelled
        throw TaskCancelled(
            fmt::format("the pool was joined before imap had read its item {}: iterate to the end first", index_));
    } catch (...) {
        return std::current_exception();
    }
}

void LazyStream::add_failure() noexcept { ++state_->undecoded; }

Report LazyStream::report() const {
    refuse_nested("report() on the results of imap");
    if (place_ != Place::end)
        throw UsageError("report() was called on the results of imap before they were iterated to their end");
    state_->driver->wait(*state_->job);
    Report report = state_->job->report();
    report.failed += state_->undecoded;
    return report;
}

const std::string& LazyStream::host() const {
    if (state_->block.host != 0) return state_->journal->host(state_->block.host);
    return state_->hosts->at(static_cast<std::size_t>(state_->block.results.rank));
}

}  // namespace hecaton::detail
