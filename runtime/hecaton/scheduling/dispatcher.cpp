// The dispatcher's events. Each one records what happened, then supplies workers (serve) or asks some to give back
// (balance).
#include <algorithm>
#include <hecaton/scheduling/dispatcher.hpp>
#include <hecaton/scheduling/dispatcher_state.hpp>

namespace hecaton::detail::scheduling {

Dispatcher::Dispatcher(SizingOptions options) : state_(std::make_unique<State>(options)) {}
Dispatcher::Dispatcher(Dispatcher&&) noexcept = default;
Dispatcher& Dispatcher::operator=(Dispatcher&&) noexcept = default;
Dispatcher::~Dispatcher() = default;

int Dispatcher::add_worker(Seconds now) {
    State& state = *state_;
    const auto place = static_cast<Place>(state.workers.size());
    state.workers.emplace_back();
    state.count_workers(+1);
    state.refill(place, now);
    state.note_load(place);
    state.balance(now);
    return static_cast<int>(place);
}

JobId Dispatcher::submit(const JobSpec& spec, Seconds now) {
    State& state = *state_;
    const Place place = state.jobs.take();
    const JobId id = state.jobs.id(place);
    Job& job = state.jobs[place];
    job.spec = spec;
    job.spec.items = 0;
    job.spec.block = std::max<std::uint64_t>(spec.block, 1);
    if (const std::uint64_t over = job.spec.chunk_size % job.spec.block; over != 0) {
        job.spec.chunk_size += job.spec.block - over;
    }
    job.order = state.submitted++;
    job.counters.job = id;
    job.counters.open = spec.open;
    state.add_known(place, spec.items);
    if (!state.settle(place)) state.serve(now);
    return id;
}

void Dispatcher::extend(JobId id, std::uint64_t more, Seconds now) {
    State& state = *state_;
    const Place place = state.jobs.find(id);
    if (place == nowhere || !state.jobs[place].open()) return;
    state.add_known(place, more);
    state.serve(now);
}

void Dispatcher::close_input(JobId id, Seconds now) {
    State& state = *state_;
    const Place place = state.jobs.find(id);
    if (place == nowhere || !state.jobs[place].open()) return;
    state.jobs[place].counters.open = false;
    state.add_known(place, 0);  // an unfinished last block may go out now
    if (!state.settle(place)) state.serve(now);
}

bool Dispatcher::finished(int worker, ChunkId id, std::uint64_t done, Seconds seconds, Seconds now) {
    return progressed(worker, id, done, UINT64_MAX, seconds, now);
}

bool Dispatcher::progressed(int worker, ChunkId id, std::uint64_t done, std::uint64_t back, Seconds seconds,
                            Seconds now) {
    State& state = *state_;
    const Place place = state.chunks.find(id);
    if (place == nowhere || state.chunks[place].worker != worker) return false;
    const HeldChunk chunk = state.chunks[place];
    const auto at = static_cast<Place>(worker);
    done = std::min(done, chunk.count);
    back = std::min(back, chunk.count - done);
    const bool not_begun = back == chunk.count && chunk.asked && state.workers[at].held.front() == place;
    if (done + back == chunk.count) {
        state.detach(place, now);
    } else {
        state.shorten(place, done, back, now);
    }

    Job& job = state.jobs[chunk.job];
    const bool first_news = done != 0 && !job.cost.known();
    if (done != 0) {
        if (job.spec.order == nullptr) {
            job.cost.measured(done, seconds);
        } else {
            job.cost.measured_weight(job.weight(chunk.first, done), seconds);
        }
        state.usual.measured(done, seconds);
        job.counters.finished += done;
        job.counters.computed += std::max(seconds, 0.0);
    }
    if (back != 0) {
        ++job.counters.returned;
        state.give_back(
            chunk.job,
            {chunk.first + chunk.count - back, back, {}, chunk.attempt, false, back != chunk.count, not_begun}, worker);
    }
    state.settle(chunk.job);
    state.refill(at, now);
    state.note_load(at);
    if (back != 0 || first_news) state.serve(now);
    state.balance(now);
    return true;
}

void Dispatcher::recall_answered(int worker, Seconds now) {
    State& state = *state_;
    const auto at = static_cast<Place>(worker);
    if (worker < 0 || at >= state.workers.size() || !state.workers[at].recalled) return;
    state.workers[at].recalled = false;
    state.expect_nothing(at);
    state.refill(at, now);
    state.note_load(at);
    state.serve(now);
    state.balance(now);
}

void Dispatcher::worker_lost(int worker, Seconds now) {
    State& state = *state_;
    const auto at = static_cast<Place>(worker);
    if (worker < 0 || at >= state.workers.size() || !state.workers[at].alive) return;
    Worker& lost = state.workers[at];
    lost.alive = false;
    state.leave_turn(at);
    state.expect_nothing(at);
    lost.recalled = false;
    state.note_load(at);
    state.last_lost = worker;
    state.count_workers(-1);
    for (bool suspect = true; lost.chunks != 0; suspect = false) {
        const Place place = lost.held.front();
        const HeldChunk chunk = state.chunks[place];
        const Job& job = state.jobs[chunk.job];
        const bool given_up = suspect && chunk.attempt >= static_cast<std::uint32_t>(std::max(job.spec.attempts, 1));
        state.detach(place, now);
        if (given_up && !job.cancelled) {
            state.report(Action::Kind::lost, worker, chunk.job, chunk.first, chunk.count, chunk.attempt);
        } else {
            // The oldest is the one that it ran: one of its items may be what killed it, so they go on apart.
            const std::uint32_t attempt = chunk.attempt + (suspect && !state.abandoned() ? 1 : 0);
            state.give_back(
                chunk.job, {chunk.first, chunk.count, {}, attempt, suspect || chunk.attempt > 1, false, false}, worker);
        }
        state.settle(chunk.job);
    }
    if (state.abandoned()) state.drop_everything_unsent();
    state.serve(now);
    state.balance(now);
}

void Dispatcher::cancel(JobId id, Seconds now) {
    State& state = *state_;
    const Place place = state.jobs.find(id);
    if (place == nowhere || state.jobs[place].cancelled) return;
    Job& job = state.jobs[place];
    job.cancelled = true;
    state.drop_unsent(place, Action::Kind::cancelled, true);
    for (Place at = job.out.front(); at != nowhere; at = state.chunks[at].of_job.after) {
        const auto worker = static_cast<Place>(state.chunks[at].worker);
        if (!state.chunks[at].asked && !state.workers[worker].recalled) state.recall(worker, now);
    }
    state.settle(place);
    state.balance(now);
}

void Dispatcher::tick(Seconds now) { state_->balance(now); }

const std::vector<Action>& Dispatcher::actions() const noexcept { return state_->actions; }
void Dispatcher::clear_actions() noexcept {
    state_->actions.clear();
    state_->completed.clear();
}
const std::vector<JobCounters>& Dispatcher::completed() const noexcept { return state_->completed; }

std::optional<Seconds> Dispatcher::next_tick() const noexcept {
    const State& state = *state_;
    if (!state.ready.empty() || state.idle_count == 0 || state.ages.empty()) return std::nullopt;
    Seconds due = state.workers[state.ages.front()].since;
    if (state.recalls >= state.idle_count) due = std::max(due, state.workers[state.asked.front()].asked_at);
    return due + state.patience;
}

int Dispatcher::workers_alive() const noexcept { return state_->alive; }
std::size_t Dispatcher::jobs() const noexcept { return state_->jobs.size(); }
std::size_t Dispatcher::chunks_at(int worker) const noexcept {
    const auto at = static_cast<std::size_t>(worker);
    return worker < 0 || at >= state_->workers.size() ? 0 : state_->workers[at].chunks;
}
std::optional<JobCounters> Dispatcher::counters(JobId id) const noexcept {
    const Place place = state_->jobs.find(id);
    if (place == nowhere) return std::nullopt;
    return state_->jobs[place].counters;
}

}  // namespace hecaton::detail::scheduling
