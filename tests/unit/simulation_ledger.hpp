// The bookkeeper of a simulated run: knows what should become of every item and throws as soon as something else does.
#pragma once

#include <string>
#include <unit/simulation.hpp>
#include <unordered_map>

namespace simulation {

class Ledger : public Observer {
  public:
    /// How often the rarer things happened: a simulation in which they never do proves nothing about them.
    struct Seen {
        std::uint64_t finished = 0, stale = 0, partial = 0, returned = 0, recalls = 0, retried = 0, lost = 0,
                      cancelled = 0, cut = 0, runs = 0, shortened = 0, done_before = 0;
        std::uint64_t digest = 0;  ///< of all actions in their order
    };
    Seen seen;

    void joined(int worker) override { at(worker); }
    void submitted(JobId id, const JobSpec& spec) override {
        require(jobs_.count(id) == 0, "a job id is used twice");
        Account& job = jobs_[id];
        job.spec = spec;
        job.items.resize(spec.items);
        pass_over(job, spec.done);
    }
    void extended(JobId id, std::uint64_t more, std::span<const ItemRange> done) override {
        Account& job = jobs_.at(id);
        if (!job.spec.open) return;
        job.spec.items += more;
        job.items.resize(job.spec.items);
        pass_over(job, done);
    }
    void closed(JobId id) override { jobs_.at(id).spec.open = false; }
    void cut(JobId id, std::uint64_t from) override {
        Account& job = jobs_.at(id);
        job.spec.open = false;
        job.end = std::min(job.end, from);
    }
    void ended() override { ended_ = true; }
    std::uint64_t block_of(JobId id) const { return jobs_.at(id).spec.block; }

    void acted(const Action& action) override {
        for (const std::uint64_t part :
             {static_cast<std::uint64_t>(action.kind), static_cast<std::uint64_t>(action.worker), action.chunk.id,
              action.chunk.job, action.chunk.first, action.chunk.count}) {
            seen.digest = (seen.digest ^ part) * 0x9E3779B97F4A7C15U;
            seen.digest ^= seen.digest >> 29;
        }
        switch (action.kind) {
            case Action::Kind::send:
                return sent(action.worker, action.chunk);
            case Action::Kind::recall:
                require(!gone(action.worker), "a lost worker is recalled");
                require(!at(action.worker).recalled, "a worker is recalled twice");
                at(action.worker).recalled = true;
                ++seen.recalls;
                return;
            case Action::Kind::lost:
                ++seen.lost;
                require(gone(action.worker), "items are lost with a worker that is not");
                return move(action.chunk, Item::State::waiting, Item::State::lost);
            case Action::Kind::cancelled:
                ++seen.cancelled;
                return cancelled(action.chunk);
            case Action::Kind::complete:
                return completed(action.chunk.job);
        }
    }
    void finished(int worker, ChunkId id, std::uint64_t done, std::uint64_t back, bool counted) override {
        const auto found = chunks_.find(id);
        const bool there = found != chunks_.end();
        const bool wanted = there && !jobs_.at(found->second.job).complete;
        require(wanted == counted, wanted ? "a result is refused" : "a stale result counts");
        ++(wanted ? seen.finished : seen.stale);
        if (!there) return;
        const Chunk chunk = found->second;
        require(done + back <= chunk.count, "more is reported than was sent");
        if (back != 0) ++(done == 0 ? seen.returned : seen.partial);
        if (back != 0 && done + back < chunk.count) ++seen.shortened;
        found->second.first += done;
        found->second.count -= done + back;
        if (found->second.count == 0) {
            chunks_.erase(found);
            auto& held = at(worker).held;
            held.erase(std::find(held.begin(), held.end(), id));
        }
        if (!wanted) return;
        Chunk part = chunk;
        part.count = done;
        move(part, Item::State::held, Item::State::finished);
        part.first = chunk.first + chunk.count - back;
        part.count = back;
        move(part, Item::State::held, Item::State::waiting);
    }
    void answered(int worker) override { at(worker).recalled = false; }
    void lost(int worker) override {
        Seat& seat = at(worker);
        if (seat.lost) return;
        seat.lost = true;
        ++lost_workers_;
        bool oldest = true;
        for (const ChunkId id : seat.held) {
            const Chunk chunk = chunks_.at(id);
            chunks_.erase(id);
            if (!jobs_.at(chunk.job).complete) move(chunk, Item::State::held, Item::State::waiting);
            if (oldest) {
                for (std::uint64_t i = 0; i < chunk.count; ++i) ++item(chunk.job, chunk.first + i).losses;
            }
            oldest = false;
        }
        seat.held.clear();
    }
    void ran(int worker, JobId id, std::uint64_t first, std::uint64_t count) override {
        if (gone(worker)) return;  // taken for lost, works on in vain
        for (std::uint64_t i = 0; i < count; ++i) {
            Item& it = item(id, first + i);
            require(it.ran_on < 0 || gone(it.ran_on), "an item runs twice although its worker lives");
            it.ran_on = worker;
        }
    }

    /// To be called when nothing happens any more.
    void close(const Dispatcher& dispatcher) {
        for (const auto& [id, job] : jobs_) require(job.complete, "a job never completes");
        require(dispatcher.jobs() == 0, "the dispatcher remembers a job");
        require(chunks_.empty(), "a chunk is left over");
    }

  private:
    struct Item {
        enum class State : std::uint8_t { waiting, held, finished, lost, cancelled, done_before };
        State state = State::waiting;
        std::uint8_t losses = 0;
        int ran_on = -1;
    };
    struct Account {
        JobSpec spec;
        std::vector<Item> items;
        std::uint64_t end = UINT64_MAX;  ///< items from here on are not wanted
        bool complete = false;
    };
    struct Seat {
        std::vector<ChunkId> held;
        bool recalled = false;
        bool lost = false;
    };

    static void require(bool good, const char* otherwise) {
        if (!good) throw std::runtime_error(otherwise);
    }
    Seat& at(int worker) {
        if (seats_.size() <= static_cast<std::size_t>(worker)) seats_.resize(static_cast<std::size_t>(worker) + 1);
        return seats_[static_cast<std::size_t>(worker)];
    }
    bool gone(int worker) { return at(worker).lost; }
    void pass_over(Account& job, std::span<const ItemRange> done) {
        for (const ItemRange& range : done)
            for (std::uint64_t i = 0; i < range.count; ++i, ++seen.done_before)
                job.items.at(range.first + i).state = Item::State::done_before;
    }
    Item& item(JobId id, std::uint64_t index) { return jobs_.at(id).items[index]; }

    void move(const Chunk& chunk, Item::State from, Item::State to) {
        Account& job = jobs_.at(chunk.job);
        require(!job.complete, "an item is reported after its job was complete");
        require(chunk.first + chunk.count <= job.spec.items, "items that nobody submitted");
        for (std::uint64_t i = chunk.first; i < chunk.first + chunk.count; ++i) {
            require(job.items[i].state == from, "an item is reported, sent or returned twice");
            job.items[i].state = to;
            if (to == Item::State::lost && seats_.size() != lost_workers_) {
                require(job.items[i].losses >= job.spec.attempts, "an item is given up too early");
            }
        }
    }
    // Of a job that was cut, a worker may hold them.
    void cancelled(const Chunk& chunk) {
        const Account& job = jobs_.at(chunk.job);
        require(chunk.first + chunk.count <= job.items.size(), "items that nobody submitted");
        const bool held = job.items[chunk.first].state == Item::State::held;
        require(!held || chunk.first >= job.end, "an item that runs is cancelled");
        if (held) ++seen.cut;
        move(chunk, held ? Item::State::held : Item::State::waiting, Item::State::cancelled);
    }
    void sent(int worker, const Chunk& chunk) {
        Seat& seat = at(worker);
        require(!seat.lost, "something is sent to a lost worker");
        require(!seat.recalled, "something is sent to a worker before it has answered a recall");
        require(chunk.count > 0, "an empty chunk is sent");
        require(chunk.first + chunk.count <= jobs_.at(chunk.job).end, "an item is sent that nobody wants");
        require(chunks_.emplace(chunk.id, chunk).second, "a chunk id is used twice");
        move(chunk, Item::State::waiting, Item::State::held);
        seat.held.push_back(chunk.id);
        if (chunk.attempt > 1) ++seen.retried;
        const Account& job = jobs_.at(chunk.job);
        const JobSpec& spec = job.spec;
        require(chunk.first % spec.block == 0, "a chunk begins inside a block");
        const bool last = !spec.open && chunk.first + chunk.count == spec.items;
        require(last || chunk.count % spec.block == 0, "a chunk ends inside a block");
        const std::uint64_t size = (spec.chunk_size + spec.block - 1) / spec.block * spec.block;
        require(chunk.size > 0 && chunk.size <= chunk.count, "a chunk's size is not one");
        require(spec.chunk_size == 0 || chunk.size <= size, "a chunk is larger than asked for");
        require(chunk.size == chunk.count || chunk.count <= spec.together, "a run is longer than allowed");
        if (chunk.size < chunk.count) ++seen.runs;
        for (std::uint64_t i = chunk.first; i < chunk.first + chunk.count; ++i) {
            require(job.items[i].losses + 1U == chunk.attempt, "the attempt is miscounted");
            require(job.items[i].losses < spec.attempts, "an item is tried too often");
            require(job.items[i].losses == 0 || chunk.count <= spec.block, "suspects are sent together");
        }
    }
    void completed(JobId id) {
        Account& job = jobs_.at(id);
        require(!job.complete, "a job completes twice");
        require(!job.spec.open || ended_, "a job completes while its input is open");
        for (const Item& it : job.items) require(it.state >= Item::State::finished, "a job completes before its items");
        job.complete = true;
        job.spec.open = false;
    }

    std::unordered_map<JobId, Account> jobs_;
    std::unordered_map<ChunkId, Chunk> chunks_;
    std::vector<Seat> seats_;
    std::size_t lost_workers_ = 0;
    bool ended_ = false;
};

}  // namespace simulation
