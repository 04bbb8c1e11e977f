// A pool in virtual time: a Dispatcher, virtual workers, and links that delay messages, all driven by one event queue.
//
// Deterministic: the same script and the same seed give the same run. Messages between the root and one worker stay in
// order, as MPI's do; those of different workers overtake each other. Tests watch a run through an Observer; benchmarks
// have none.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <hecaton/scheduling/dispatcher.hpp>
#include <queue>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace simulation {

using hecaton::detail::scheduling::Action;
using hecaton::detail::scheduling::Chunk;
using hecaton::detail::scheduling::ChunkId;
using hecaton::detail::scheduling::CostOrder;
using hecaton::detail::scheduling::CostOrderLimits;
using hecaton::detail::scheduling::Dispatcher;
using hecaton::detail::scheduling::ItemRange;
using hecaton::detail::scheduling::JobId;
using hecaton::detail::scheduling::JobSpec;
using hecaton::detail::scheduling::Seconds;
using hecaton::detail::scheduling::SizingOptions;

/// What an item costs on a worker: by index, or the same for all.
struct Costs {
    std::vector<Seconds> each;
    Seconds same = 0;
    Seconds operator()(std::uint64_t item) const {
        return each.empty() ? same : each[std::min<std::uint64_t>(item, each.size() - 1)];
    }
};

struct Network {
    Seconds latency = 1e-6;       ///< of a message
    Seconds jitter = 0;           ///< up to so much more, at random
    double bandwidth = 10e9;      ///< bytes a second
    double item_bytes = 8;        ///< of an argument or a result
    Seconds root = 0.2e-6;        ///< the root's time for one chunk, half to send it and half when it comes back
    std::uint64_t again = 0;      ///< one in so many last words about a chunk is heard twice; 0: none
    bool answers_at_once = true;  ///< a worker answers a recall at once; else when its current item is done
};

/// What the root sees and does, in order. Throwing ends the run.
class Observer {
  public:
    virtual ~Observer() = default;
    virtual void joined(int /*worker*/) {}
    virtual void submitted(JobId, const JobSpec&) {}
    virtual void extended(JobId, std::uint64_t /*more*/, std::span<const ItemRange> /*done*/) {}
    virtual void closed(JobId) {}
    virtual void cut(JobId, std::uint64_t /*from*/) {}
    /// The time is limited from now on: jobs may be cancelled although their inputs are open.
    virtual void ended() {}
    virtual void acted(const Action&) {}
    virtual void finished(int /*worker*/, ChunkId, std::uint64_t /*done*/, std::uint64_t /*back*/, bool /*counted*/) {}
    virtual void answered(int /*worker*/) {}
    virtual void lost(int /*worker*/) {}
    virtual void ran(int /*worker*/, JobId, std::uint64_t /*first*/, std::uint64_t /*count*/) {}
};

class Pool {
  public:
    explicit Pool(Network network = {}, SizingOptions sizing = {}, std::uint64_t seed = 0, Observer* observer = nullptr)
        : dispatcher_(sizing), network_(network), random_(seed), observer_(observer) {}

    /// Runs `what` on the root at that time.
    void at(Seconds time, std::function<void(Pool&)> what) {
        scripts_.push_back(std::move(what));
        push({time, 0, Event::Kind::script, -1, scripts_.size() - 1});
    }
    Seconds run(std::uint64_t most_events = 100'000'000) {
        while (!events_.empty()) {
            const Event event = events_.top();
            events_.pop();
            if (++handled_ > most_events) throw std::runtime_error("the run does not end");
            now_ = event.time;
            handle(event);
        }
        return now_;
    }

    // ---- for scripts ----
    int add_worker() {
        workers_.emplace_back();
        const int worker = dispatcher_.add_worker(now_);
        if (observer_ != nullptr) observer_->joined(worker);
        carry_out();
        return worker;
    }
    JobId submit(const JobSpec& spec, Costs costs) {
        const JobId job = dispatcher_.submit(spec, now_);
        if (jobs_.size() <= slot(job)) jobs_.resize(slot(job) + 1);
        jobs_[slot(job)] = std::move(costs);
        if (observer_ != nullptr) observer_->submitted(job, spec);
        carry_out();
        return job;
    }
    void extend(JobId job, std::uint64_t more, std::span<const ItemRange> done = {}) {
        const auto counters = dispatcher_.counters(job);
        const bool cut = !counters || counters->out_of_time;
        if (observer_ != nullptr && !cut) observer_->extended(job, more, done);
        dispatcher_.extend(job, more, now_, done);
        carry_out();
    }
    void close_input(JobId job) {
        if (observer_ != nullptr) observer_->closed(job);
        dispatcher_.close_input(job, now_);
        carry_out();
    }
    void cancel(JobId job) {
        if (observer_ != nullptr) observer_->closed(job);
        dispatcher_.cancel(job, now_);
        carry_out();
    }
    void cut(JobId job, std::uint64_t from) {
        if (observer_ != nullptr) observer_->cut(job, from);
        dispatcher_.cut(job, from, now_);
        carry_out();
    }
    /// Results are of use until `last`.
    void end_at(Seconds last) {
        if (observer_ != nullptr) observer_->ended();
        dispatcher_.end_at(last, now_);
        carry_out();
    }
    /// The worker stops here and now; the root hears of it `later`. What it had sent arrives, or, with `drop`, does
    /// not.
    void kill(int worker, Seconds later, bool drop) {
        Virtual& it = workers_[static_cast<std::size_t>(worker)];
        if (!it.alive) return;
        it.alive = false;
        it.muted = drop;
        push({now_ + later, 0, Event::Kind::loss_noticed, worker, 0});
    }

    /// The root takes the worker for lost although it goes on working (the network between them failed).
    void forsake(int worker) { push({now_, 0, Event::Kind::loss_noticed, worker, 0}); }

    /// What the worker and the root send each other from now on does not arrive before `until`.
    void stall(int worker, Seconds until) {
        Virtual& it = workers_[static_cast<std::size_t>(worker)];
        it.last_in = std::max(it.last_in, until);
        it.last_out = std::max(it.last_out, until);
    }

    std::size_t workers() const { return workers_.size(); }
    Dispatcher& dispatcher() { return dispatcher_; }
    Seconds now() const { return now_; }
    /// When the last job was complete.
    Seconds completed_at() const { return completed_at_; }
    std::uint64_t recalls() const { return recalls_; }
    std::uint64_t chunks() const { return chunks_sent_; }

  private:
    struct Event {
        enum class Kind : std::uint8_t {
            script,
            chunk_arrives,
            recall_arrives,
            run_ends,
            answer_arrives,
            root_turns,
            loss_noticed,
            tick
        };
        Seconds time;
        std::uint64_t order;
        Kind kind;
        int worker;
        std::uint64_t value;
        bool operator<(const Event& other) const {
            return time != other.time ? time > other.time : order > other.order;  // the queue's top is the earliest
        }
    };
    struct Answer {
        int worker = -1;
        bool recall = false;  ///< recall_answered, not a chunk
        ChunkId chunk = 0;
        std::uint64_t done = 0;
        std::uint64_t back = 0;
        Seconds seconds = 0;
    };
    struct Virtual {
        std::deque<Chunk> queue;     ///< without what is done; of the first a chunk is running when `running`
        std::deque<Chunk> arriving;  ///< on the link, in order
        std::deque<Answer> leaving;
        bool running = false;
        bool alive = true;
        bool muted = false;
        bool answer_later = false;
        Seconds started = 0;
        std::uint64_t will_do = 0;
        std::uint64_t run = 0;  ///< counts runs, so that the end of one that was cut is not taken for another's
        Seconds last_in = 0;
        Seconds last_out = 0;
    };

    static std::size_t slot(JobId job) { return static_cast<std::uint32_t>(job); }

    void push(Event event) {
        event.order = ++order_;
        events_.push(event);
    }
    Seconds delay(std::uint64_t items) {
        Seconds extra = 0;
        if (network_.jitter > 0) extra = std::uniform_real_distribution<>(0, network_.jitter)(random_);
        return network_.latency + extra + static_cast<double>(items) * network_.item_bytes / network_.bandwidth;
    }

    void handle(const Event& event) {
        switch (event.kind) {
            case Event::Kind::script:
                scripts_[event.value](*this);
                break;
            case Event::Kind::chunk_arrives:
                chunk_arrives(event.worker);
                break;
            case Event::Kind::recall_arrives:
                recall_arrives(event.worker);
                break;
            case Event::Kind::run_ends:
                run_ends(event.worker, event.value);
                break;
            case Event::Kind::answer_arrives:
                answer_arrives(event.worker);
                break;
            case Event::Kind::root_turns:
                root_turns();
                break;
            case Event::Kind::loss_noticed:
                dispatcher_.worker_lost(event.worker, now_);
                if (observer_ != nullptr) observer_->lost(event.worker);
                carry_out();
                break;
            case Event::Kind::tick:
                tick_planned_ = false;
                dispatcher_.tick(now_);
                carry_out();
                break;
        }
    }

    // ---- a worker ----
    void chunk_arrives(int worker) {
        Virtual& it = workers_[static_cast<std::size_t>(worker)];
        it.queue.push_back(it.arriving.front());
        it.arriving.pop_front();
        if (!it.running) start(worker);
    }
    void start(int worker) {
        Virtual& it = workers_[static_cast<std::size_t>(worker)];
        if (!it.alive || it.queue.empty()) return;
        const Chunk& chunk = it.queue.front();
        it.running = true;
        it.started = now_;
        it.will_do = running_part(chunk);
        push({now_ + cost_of(chunk, it.will_do), 0, Event::Kind::run_ends, worker, ++it.run});
    }
    static std::uint64_t running_part(const Chunk& chunk) { return std::min(chunk.count, chunk.size); }
    Seconds cost_of(const Chunk& chunk, std::uint64_t count) const {
        const Costs& costs = jobs_[slot(chunk.job)];
        if (costs.each.empty()) return costs.same * static_cast<double>(count);
        Seconds sum = 0;
        for (std::uint64_t i = 0; i < count; ++i) sum += costs(chunk.first + i);
        return sum;
    }
    void run_ends(int worker, std::uint64_t run) {
        Virtual& it = workers_[static_cast<std::size_t>(worker)];
        if (!it.alive || run != it.run) return;
        Chunk& chunk = it.queue.front();
        it.running = false;
        if (observer_ != nullptr) observer_->ran(worker, chunk.job, chunk.first, it.will_do);
        const std::uint64_t part = running_part(chunk);
        answer(it, {worker, false, chunk.id, it.will_do, part - it.will_do, now_ - it.started});
        chunk.first += part;
        chunk.count -= part;
        if (chunk.count == 0) it.queue.pop_front();
        if (std::exchange(it.answer_later, false)) give_back(worker);
        start(worker);
    }
    void recall_arrives(int worker) {
        Virtual& it = workers_[static_cast<std::size_t>(worker)];
        if (!it.alive) return;
        if (it.running) cut(worker);
        if (it.running && !network_.answers_at_once) {
            it.answer_later = true;
        } else {
            give_back(worker);
        }
    }
    // The running chunk ends with its current item (its current block).
    void cut(int worker) {
        Virtual& it = workers_[static_cast<std::size_t>(worker)];
        const Chunk& chunk = it.queue.front();
        const std::uint64_t block = block_of ? block_of(chunk.job) : 1;
        Seconds sum = 0;
        std::uint64_t done = 0;
        const std::uint64_t part = running_part(chunk);
        while (done < part && (done == 0 || it.started + sum < now_)) {
            for (std::uint64_t i = 0; i < block && done < part; ++i)
                sum += jobs_[slot(chunk.job)](chunk.first + done++);
        }
        if (done >= it.will_do) return;
        it.will_do = done;
        push({std::max(now_, it.started + sum), 0, Event::Kind::run_ends, worker, ++it.run});
    }
    void give_back(int worker) {
        Virtual& it = workers_[static_cast<std::size_t>(worker)];
        const std::size_t keep = it.running ? 1 : 0;
        for (std::size_t i = 0; i < it.queue.size(); ++i) {
            Chunk& chunk = it.queue[i];
            const std::uint64_t stays = i < keep ? running_part(chunk) : 0;
            if (stays < chunk.count) answer(it, {worker, false, chunk.id, 0, chunk.count - stays, 0});
            chunk.count = stays;
        }
        it.queue.resize(keep);
        answer(it, {worker, true, 0, 0, 0, 0});
    }
    void answer(Virtual& it, const Answer& what) {
        it.last_out = std::max(it.last_out, now_ + delay(what.done));
        it.leaving.push_back(what);
        push({it.last_out, 0, Event::Kind::answer_arrives, what.worker, 0});
    }

    // ---- the root: one thing at a time ----
    void answer_arrives(int worker) {
        Virtual& it = workers_[static_cast<std::size_t>(worker)];
        const Answer what = it.leaving.front();
        it.leaving.pop_front();
        if (it.muted) return;
        inbox_.push_back(what);
        if (!root_turning_) {
            root_turning_ = true;
            push({std::max(now_, root_free_), 0, Event::Kind::root_turns, -1, 0});
        }
    }
    void root_turns() {
        const Answer what = inbox_.front();
        inbox_.pop_front();
        root_free_ = std::max(root_free_, now_) + network_.root / 2;
        if (what.recall) {
            dispatcher_.recall_answered(what.worker, now_);
            if (observer_ != nullptr) observer_->answered(what.worker);
        } else {
            const bool counted =
                dispatcher_.progressed(what.worker, what.chunk, what.done, what.back, what.seconds, now_);
            if (observer_ != nullptr) observer_->finished(what.worker, what.chunk, what.done, what.back, counted);
            if (network_.again != 0 && !dispatcher_.held(what.worker, what.chunk) && random_() % network_.again == 0) {
                const bool twice =
                    dispatcher_.progressed(what.worker, what.chunk, what.done, what.back, what.seconds, now_);
                if (observer_ != nullptr) observer_->finished(what.worker, what.chunk, what.done, what.back, twice);
            }
        }
        carry_out();
        root_turning_ = !inbox_.empty();
        if (root_turning_) push({root_free_, 0, Event::Kind::root_turns, -1, 0});
    }
    void carry_out() {
        root_free_ = std::max(root_free_, now_);
        for (const Action& action : dispatcher_.actions()) {
            if (observer_ != nullptr) observer_->acted(action);
            if (action.kind == Action::Kind::complete) completed_at_ = now_;
            if (action.kind != Action::Kind::send && action.kind != Action::Kind::recall) continue;
            Virtual& it = workers_[static_cast<std::size_t>(action.worker)];
            root_free_ += network_.root / 2;
            it.last_in = std::max(it.last_in, root_free_ + delay(action.chunk.count));
            if (action.kind == Action::Kind::send) {
                ++chunks_sent_;
                it.arriving.push_back(action.chunk);
                push({it.last_in, 0, Event::Kind::chunk_arrives, action.worker, 0});
            } else {
                ++recalls_;
                push({it.last_in, 0, Event::Kind::recall_arrives, action.worker, 0});
            }
        }
        dispatcher_.clear_actions();
        if (const auto due = dispatcher_.next_tick(); due && !tick_planned_) {
            tick_planned_ = true;
            push({std::max(now_ + 1e-6, *due), 0, Event::Kind::tick, -1, 0});
        }
    }

  public:
    std::function<std::uint64_t(JobId)> block_of;  ///< where jobs have blocks: a worker stops at their ends only

  private:
    Dispatcher dispatcher_;
    Network network_;
    std::mt19937_64 random_;
    Observer* observer_;
    std::vector<Virtual> workers_;
    std::vector<Costs> jobs_;  ///< by the job's place
    std::vector<std::function<void(Pool&)>> scripts_;
    std::priority_queue<Event> events_;
    std::deque<Answer> inbox_;
    std::uint64_t order_ = 0;
    std::uint64_t handled_ = 0;
    std::uint64_t recalls_ = 0;
    std::uint64_t chunks_sent_ = 0;
    bool root_turning_ = false;
    bool tick_planned_ = false;
    Seconds root_free_ = 0;
    Seconds now_ = 0;
    Seconds completed_at_ = 0;
};

}  // namespace simulation
