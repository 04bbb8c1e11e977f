// The dispatcher's events. Each one records what happened, then supplies workers or asks some to give back.
#include <algorithm>
#include <hecaton/scheduling/dispatcher.hpp>
#include <hecaton/scheduling/job_table.hpp>
#include <hecaton/scheduling/recalls.hpp>
#include <hecaton/scheduling/supply.hpp>
#include <hecaton/scheduling/time_limit.hpp>
#include <hecaton/scheduling/worker_table.hpp>

namespace hecaton::detail::scheduling {

namespace {

// The items of a chunk that may have killed its worker, whole blocks: of the oldest chunk, those that may have been
// running.
ItemRange suspects_of(const HeldChunk& chunk, std::uint64_t block, LastItem last) {
    if (last.known == LastItem::Known::none) return {};
    if (last.known == LastItem::Known::nothing) return {chunk.first, chunk.count};
    if (last.index < chunk.first || last.index - chunk.first >= chunk.count) return {};
    const std::uint64_t first = std::max(chunk.first, last.index - last.index % block);
    return {first, std::min(block - first % block, chunk.first + chunk.count - first)};
}

}  // namespace

struct Dispatcher::State {
    explicit State(const SizingOptions& options) : workers(options) {}

    WorkerTable workers;
    JobTable jobs{workers.chunks};
    Recalls recalls{jobs, workers};
    Supply supply{jobs, workers, recalls};
    TimeLimit limit{jobs, recalls};

    void begin_to_supply(Place worker, Seconds now) {
        jobs.resume();
        supply.refill(worker, now);
        recalls.note_load(worker);
        recalls.balance(now);
    }
};

Dispatcher::Dispatcher(SizingOptions options) : state_(std::make_unique<State>(options)) {}
Dispatcher::Dispatcher(Dispatcher&&) noexcept = default;
Dispatcher& Dispatcher::operator=(Dispatcher&&) noexcept = default;
Dispatcher::~Dispatcher() = default;

int Dispatcher::add_worker(Seconds now) {
    const Place place = state_->workers.add();
    state_->begin_to_supply(place, now);
    return static_cast<int>(place);
}

void Dispatcher::worker_back(int worker, Seconds now) {
    const auto place = static_cast<Place>(worker);
    if (!state_->workers.has(worker) || state_->workers[place].alive) return;
    state_->workers.revive(place);
    state_->begin_to_supply(place, now);
}

JobId Dispatcher::submit(const JobSpec& spec, Seconds now) {
    State& state = *state_;
    const Place place = state.jobs.add(spec);
    const JobId id = state.jobs.id(place);
    if (spec.expected > 0 && spec.order == nullptr) state.jobs[place].cost.expect(spec.items, spec.expected);
    if (!state.jobs.settle(place) && !state.limit.stop_late(place, now)) state.supply.serve(now);
    return id;
}

void Dispatcher::extend(JobId id, std::uint64_t more, Seconds now, std::span<const ItemRange> done) {
    State& state = *state_;
    const Place place = state.jobs.find(id);
    if (place == nowhere || !state.jobs[place].open()) return;
    state.jobs.add_known(place, more, done);
    state.supply.serve(now);
}

void Dispatcher::close_input(JobId id, Seconds now) {
    State& state = *state_;
    const Place place = state.jobs.find(id);
    if (place == nowhere || !state.jobs[place].open()) return;
    state.jobs[place].counters.open = false;
    state.jobs.add_known(place, 0, {});  // an unfinished last block may go out now
    if (!state.jobs.settle(place)) state.supply.serve(now);
}

bool Dispatcher::finished(int worker, ChunkId id, std::uint64_t done, Seconds seconds, Seconds now) {
    return progressed(worker, id, done, UINT64_MAX, seconds, now);
}

bool Dispatcher::progressed(int worker, ChunkId id, std::uint64_t done, std::uint64_t back, Seconds seconds,
                            Seconds now) {
    State& state = *state_;
    const Place place = state.workers.chunks.find(id);
    if (place == nowhere || state.workers.chunks[place].worker != worker) return false;
    if (done != 0) state.workers.heard_of(place, seconds, now);
    const HeldChunk chunk = state.workers.chunks[place];
    const auto at = static_cast<Place>(worker);
    done = std::min(done, chunk.count);
    back = std::min(back, chunk.count - done);
    const bool not_begun = back == chunk.count && chunk.asked && state.workers[at].held.front() == place;
    if (done + back == chunk.count) {
        state.workers.detach(place, state.jobs[chunk.job], now);
    } else {
        state.workers.shorten(place, done, back, now);
    }

    JobRecord& job = state.jobs[chunk.job];
    const bool first_news = done != 0 && !job.cost.known();
    if (done != 0) {
        if (job.spec.order == nullptr) {
            job.cost.measured(done, seconds);
        } else {
            job.cost.measured_weight(job.weight(chunk.first, done), seconds);
        }
        state.supply.measured(done, seconds);
        job.counters.finished += done;
        if (job.counters.out_of_time) job.counters.drained += done;
        job.counters.computed += std::max(seconds, 0.0);
        job.wanted -= job.end == JobRecord::no_end ? 0 : std::min(job.wanted_of(chunk.first, done), job.wanted);
    }
    const bool counts = !job.over;
    if (back != 0) {
        ++job.counters.returned;
        state.jobs.give_back(
            chunk.job,
            {chunk.first + chunk.count - back, back, {}, chunk.attempt, false, back != chunk.count, not_begun}, worker);
    }
    state.jobs.settle(chunk.job);
    state.supply.refill(at, now);
    state.recalls.note_load(at);
    if (back != 0 || first_news) state.supply.serve(now);
    state.recalls.balance(now);
    return counts;
}

void Dispatcher::recall_answered(int worker, Seconds now) {
    State& state = *state_;
    const auto at = static_cast<Place>(worker);
    if (!state.workers.has(worker) || !state.workers[at].recalled) return;
    state.workers[at].recalled = false;
    state.recalls.expect_nothing(at);
    state.supply.refill(at, now);
    state.recalls.note_load(at);
    state.supply.serve(now);
    state.recalls.balance(now);
}

void Dispatcher::worker_lost(int worker, Seconds now, LastItem last) {
    State& state = *state_;
    const auto at = static_cast<Place>(worker);
    if (!state.workers.has(worker) || !state.workers[at].alive) return;
    WorkerRecord& lost = state.workers[at];
    state.workers.lose(at);
    state.recalls.expect_nothing(at);
    lost.recalled = false;
    state.recalls.note_load(at);
    if (state.workers.alive == 0) state.jobs.abandon(worker);
    for (bool found = false; lost.chunks != 0;) {
        const Place place = lost.held.front();
        const HeldChunk chunk = state.workers.chunks[place];
        state.workers.detach(place, state.jobs[chunk.job], now);
        const ItemRange suspects = found ? ItemRange{} : suspects_of(chunk, state.jobs[chunk.job].spec.block, last);
        found = found || suspects.count != 0;
        state.jobs.lose(chunk, suspects, worker);
        state.jobs.settle(chunk.job);
    }
    state.supply.serve(now);
    state.recalls.balance(now);
}

void Dispatcher::cancel(JobId id, Seconds now) {
    State& state = *state_;
    const Place place = state.jobs.find(id);
    if (place == nowhere || state.jobs[place].cancelled) return;
    state.jobs[place].cancelled = true;
    state.jobs.drop_unsent(place, Action::Kind::cancelled, true);
    state.recalls.ask_for(place, 0, now);
    state.jobs.settle(place);
    state.recalls.balance(now);
}

void Dispatcher::cut(JobId id, std::uint64_t from, Seconds now) {
    State& state = *state_;
    const Place place = state.jobs.find(id);
    if (place == nowhere || state.jobs[place].end <= from) return;
    state.jobs.cut(place, from);
    state.recalls.ask_for(place, from, now);
    if (!state.jobs.settle(place)) state.supply.serve(now);
    state.recalls.balance(now);
}

void Dispatcher::end_at(Seconds last, Seconds now) {
    state_->limit.set(last);
    tick(now);
}

void Dispatcher::tick(Seconds now) {
    state_->limit.check(now);
    state_->recalls.balance(now);
}

const std::vector<Action>& Dispatcher::actions() const noexcept { return state_->jobs.actions; }
void Dispatcher::clear_actions() noexcept {
    state_->jobs.actions.clear();
    state_->jobs.completed.clear();
}
const std::vector<JobCounters>& Dispatcher::completed() const noexcept { return state_->jobs.completed; }

std::optional<Seconds> Dispatcher::next_tick() const noexcept {
    const auto balance = state_->recalls.next_balance();
    const auto limit = state_->limit.next_check();
    return balance && limit ? std::min(*balance, *limit) : balance ? balance : limit;
}

int Dispatcher::workers_alive() const noexcept { return state_->workers.alive; }
std::size_t Dispatcher::jobs() const noexcept { return state_->jobs.size(); }
std::size_t Dispatcher::leftovers() const noexcept { return state_->jobs.leftovers(); }
std::size_t Dispatcher::chunks_at(int worker) const noexcept {
    return state_->workers.has(worker) ? state_->workers[static_cast<Place>(worker)].chunks : 0;
}
std::uint64_t Dispatcher::items_at(int worker, JobId id) const noexcept {
    const Place job = state_->jobs.find(id);
    if (job == nowhere || !state_->workers.has(worker)) return 0;
    std::uint64_t items = 0;
    const auto& chunks = state_->workers.chunks;
    for (Place at = state_->workers[static_cast<Place>(worker)].held.front(); at != nowhere;
         at = chunks[at].at_worker.after)
        if (chunks[at].job == job) items += chunks[at].count;
    return items;
}

std::optional<Chunk> Dispatcher::held(int worker, ChunkId id) const noexcept {
    const Place place = state_->workers.chunks.find(id);
    if (place == nowhere) return std::nullopt;
    const HeldChunk& chunk = state_->workers.chunks[place];
    if (chunk.worker != worker) return std::nullopt;
    return Chunk{.id = id,
                 .job = state_->jobs[chunk.job].counters.job,
                 .first = chunk.first,
                 .count = chunk.count,
                 .attempt = chunk.attempt};
}

std::optional<Chunk> Dispatcher::oldest(int worker, LastItem last) const noexcept {
    if (!state_->workers.has(worker)) return std::nullopt;
    const auto& chunks = state_->workers.chunks;
    for (Place at = state_->workers[static_cast<Place>(worker)].held.front(); at != nowhere;
         at = chunks[at].at_worker.after) {
        const HeldChunk& chunk = chunks[at];
        if (last.known == LastItem::Known::item &&
            (last.index < chunk.first || last.index - chunk.first >= chunk.count))
            continue;
        return held(worker, chunks.id(at));
    }
    return std::nullopt;
}

std::optional<JobCounters> Dispatcher::counters(JobId id) const noexcept {
    const Place place = state_->jobs.find(id);
    if (place == nowhere) return std::nullopt;
    return state_->jobs[place].counters;
}

}  // namespace hecaton::detail::scheduling
