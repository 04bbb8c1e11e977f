// The jobs that have something to send, first submitted first.
//
// A binary heap by order of submission: jobs leave (all out) and come back (items returned, input extended) in any
// order. Jobs arrive in order nearly always, which costs nothing here.
#pragma once

#include <hecaton/scheduling/slab.hpp>

namespace hecaton::detail::scheduling {

class JobQueue {
  public:
    bool empty() const noexcept { return heap_.empty(); }
    Place front() const noexcept { return heap_.front().job; }

    /// `Jobs` is an array of records with a member `Place queued`: where in the heap the job is, or `nowhere`.
    template <class Jobs>
    void insert(Jobs& jobs, Place job, std::uint64_t order) {
        heap_.push_back({order, job});
        rise(jobs, heap_.size() - 1);
    }
    template <class Jobs>
    void remove(Jobs& jobs, Place job) noexcept {
        const std::size_t at = jobs[job].queued;
        jobs[job].queued = nowhere;
        const Entry last = heap_.back();
        heap_.pop_back();
        if (at == heap_.size()) return;
        heap_[at] = last;
        rise(jobs, at);
        sink(jobs, jobs[last.job].queued);
    }

  private:
    struct Entry {
        std::uint64_t order;
        Place job;
    };

    template <class Jobs>
    void put(Jobs& jobs, std::size_t at, Entry entry) noexcept {
        heap_[at] = entry;
        jobs[entry.job].queued = static_cast<Place>(at);
    }
    template <class Jobs>
    void rise(Jobs& jobs, std::size_t at) noexcept {
        const Entry entry = heap_[at];
        for (; at > 0 && heap_[(at - 1) / 2].order > entry.order; at = (at - 1) / 2) put(jobs, at, heap_[(at - 1) / 2]);
        put(jobs, at, entry);
    }
    template <class Jobs>
    void sink(Jobs& jobs, std::size_t at) noexcept {
        const Entry entry = heap_[at];
        for (std::size_t child = 2 * at + 1; child < heap_.size(); child = 2 * at + 1) {
            if (child + 1 < heap_.size() && heap_[child + 1].order < heap_[child].order) ++child;
            if (heap_[child].order > entry.order) break;
            put(jobs, at, heap_[child]);
            at = child;
        }
        put(jobs, at, entry);
    }

    std::vector<Entry> heap_;
};

}  // namespace hecaton::detail::scheduling
