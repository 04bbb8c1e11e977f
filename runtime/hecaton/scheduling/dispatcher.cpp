// The dispatcher's events. Each one records what happened, then supplies workers or asks some to give back.
#include <algorithm>
#include <hecaton/scheduling/dispatcher.hpp>
#include <hecaton/scheduling/job_table.hpp>
#include <hecaton/scheduling/recalls.hpp>
#include <hecaton/scheduling/supply.hpp>
#include <hecaton/scheduling/worker_table.hpp>

namespace hecaton::detail::scheduling {

struct Dispatcher::State {
    explicit State(const SizingOptions& options) : workers(options) {}

    JobTable jobs;
    WorkerTable workers;
    Recalls recalls{jobs, workers};
    Supply supply{jobs, workers, recalls};
};

Dispatcher::Dispatcher(SizingOptions options) : state_(std::make_unique<State>(options)) {}
Dispatcher::Dispatcher(Dispatcher&&) noexcept = default;
Dispatcher& Dispatcher::operator=(Dispatcher&&) noexcept = default;
Dispatcher::~Dispatcher() = default;

int Dispatcher::add_worker(Seconds now) {
    State& state = *state_;
    const Place place = state.workers.add();
    state.jobs.resume();
    state.supply.refill(place, now);
    state.recalls.note_load(place);
    state.recalls.balance(now);
    return static_cast<int>(place);
}

JobId Dispatcher::submit(const JobSpec& spec, Seconds now) {
    State& state = *state_;
    const Place place = state.jobs.add(spec);
    const JobId id = state.jobs.id(place);
    if (!state.jobs.settle(place)) state.supply.serve(now);
    return id;
}

void Dispatcher::extend(JobId id, std::uint64_t more, Seconds now) {
    State& state = *state_;
    const Place place = state.jobs.find(id);
    if (place == nowhere || !state.jobs[place].open()) return;
    state.jobs.add_known(place, more);
    state.supply.serve(now);
}

void Dispatcher::close_input(JobId id, Seconds now) {
    State& state = *state_;
    const Place place = state.jobs.find(id);
    if (place == nowhere || !state.jobs[place].open()) return;
    state.jobs[place].counters.open = false;
    state.jobs.add_known(place, 0);  // an unfinished last block may go out now
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
        job.counters.computed += std::max(seconds, 0.0);
    }
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
    return true;
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

void Dispatcher::worker_lost(int worker, Seconds now) {
    State& state = *state_;
    const auto at = static_cast<Place>(worker);
    if (!state.workers.has(worker) || !state.workers[at].alive) return;
    WorkerRecord& lost = state.workers[at];
    state.workers.lose(at);
    state.recalls.expect_nothing(at);
    lost.recalled = false;
    state.recalls.note_load(at);
    if (state.workers.alive == 0) state.jobs.abandon(worker);
    for (bool suspect = true; lost.chunks != 0; suspect = false) {
        const Place place = lost.held.front();
        const HeldChunk chunk = state.workers.chunks[place];
        const JobRecord& job = state.jobs[chunk.job];
        const bool given_up = suspect && chunk.attempt >= static_cast<std::uint32_t>(std::max(job.spec.attempts, 1));
        state.workers.detach(place, state.jobs[chunk.job], now);
        if (given_up && !job.cancelled) {
            state.jobs.report(Action::Kind::lost, worker, chunk.job, chunk.first, chunk.count, chunk.attempt);
        } else {
            // The oldest is the one that it ran: one of its items may be what killed it, so they go on apart.
            const std::uint32_t attempt = chunk.attempt + (suspect && !state.jobs.abandoned() ? 1 : 0);
            state.jobs.give_back(
                chunk.job, {chunk.first, chunk.count, {}, attempt, suspect || chunk.attempt > 1, false, false}, worker);
        }
        state.jobs.settle(chunk.job);
    }
    state.supply.serve(now);
    state.recalls.balance(now);
}

void Dispatcher::cancel(JobId id, Seconds now) {
    State& state = *state_;
    const Place place = state.jobs.find(id);
    if (place == nowhere || state.jobs[place].cancelled) return;
    JobRecord& job = state.jobs[place];
    job.cancelled = true;
    state.jobs.drop_unsent(place, Action::Kind::cancelled, true);
    for (Place at = job.out.front(); at != nowhere; at = state.workers.chunks[at].of_job.after) {
        const auto worker = static_cast<Place>(state.workers.chunks[at].worker);
        if (!state.workers.chunks[at].asked && !state.workers[worker].recalled) state.recalls.ask(worker, now);
    }
    state.jobs.settle(place);
    state.recalls.balance(now);
}

void Dispatcher::tick(Seconds now) { state_->recalls.balance(now); }

const std::vector<Action>& Dispatcher::actions() const noexcept { return state_->jobs.actions; }
void Dispatcher::clear_actions() noexcept {
    state_->jobs.actions.clear();
    state_->jobs.completed.clear();
}
const std::vector<JobCounters>& Dispatcher::completed() const noexcept { return state_->jobs.completed; }

std::optional<Seconds> Dispatcher::next_tick() const noexcept { return state_->recalls.next_balance(); }

int Dispatcher::workers_alive() const noexcept { return state_->workers.alive; }
std::size_t Dispatcher::jobs() const noexcept { return state_->jobs.size(); }
std::size_t Dispatcher::chunks_at(int worker) const noexcept {
    return state_->workers.has(worker) ? state_->workers[static_cast<Place>(worker)].chunks : 0;
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

std::optional<JobCounters> Dispatcher::counters(JobId id) const noexcept {
    const Place place = state_->jobs.find(id);
    if (place == nowhere) return std::nullopt;
    return state_->jobs[place].counters;
}

}  // namespace hecaton::detail::scheduling
