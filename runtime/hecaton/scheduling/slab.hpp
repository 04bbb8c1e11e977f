// Records that keep their place: a growing array whose freed places are used again, so that nothing is allocated per
// record.
//
// A record has a place (an index, dense, used again) and an id (64 bits, never used twice): the place and how often it
// was taken. An id of a record that is gone finds nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hecaton::detail::scheduling {

using Place = std::uint32_t;
inline constexpr Place nowhere = UINT32_MAX;

template <class T>
class Slab {
  public:
    /// The place of a new record, value-initialised. References to other records end here.
    Place take() {
        ++size_;
        if (free_ == nowhere) {
            entries_.emplace_back();
            return static_cast<Place>(entries_.size() - 1);
        }
        const Place place = free_;
        Entry& entry = entries_[place];
        free_ = entry.next_free;
        entry.next_free = nowhere;
        entry.taken = true;
        entry.record = T();
        return place;
    }
    void release(Place place) noexcept {
        --size_;
        Entry& entry = entries_[place];
        entry.taken = false;
        ++entry.generation;
        entry.next_free = free_;
        free_ = place;
    }
    T& operator[](Place place) noexcept { return entries_[place].record; }
    const T& operator[](Place place) const noexcept { return entries_[place].record; }

    std::uint64_t id(Place place) const noexcept { return (std::uint64_t{entries_[place].generation} << 32) | place; }
    /// Where the record of that id is, or `nowhere`.
    Place find(std::uint64_t id) const noexcept {
        const auto place = static_cast<Place>(id);
        if (place >= entries_.size()) return nowhere;
        const Entry& entry = entries_[place];
        return entry.taken && entry.generation == id >> 32 ? place : nowhere;
    }
    std::size_t size() const noexcept { return size_; }
    /// Calls `use` with the place of every record. It may release the one that it was called with.
    template <class Use>
    void each(Use&& use) {
        for (Place place = 0; place < entries_.size(); ++place)
            if (entries_[place].taken) use(place);
    }

  private:
    struct Entry {
        T record{};
        std::uint32_t generation = 1;  // so that 0 is no id
        Place next_free = nowhere;
        bool taken = true;
    };
    std::vector<Entry> entries_;
    Place free_ = nowhere;
    std::size_t size_ = 0;
};

/// A doubly linked list through records of an array: joining, leaving and finding the next cost the same however many
/// there are.
struct Link {
    Place before = nowhere;
    Place after = nowhere;
};

template <auto link>
class List {
  public:
    Place front() const noexcept { return front_; }
    bool empty() const noexcept { return front_ == nowhere; }
    template <class Records>
    void push_back(Records& records, Place place) noexcept {
        records[place].*link = {back_, nowhere};
        (back_ == nowhere ? front_ : (records[back_].*link).after) = place;
        back_ = place;
    }
    template <class Records>
    void remove(Records& records, Place place) noexcept {
        const Link at = records[place].*link;
        (at.before == nowhere ? front_ : (records[at.before].*link).after) = at.after;
        (at.after == nowhere ? back_ : (records[at.after].*link).before) = at.before;
    }

  private:
    Place front_ = nowhere;
    Place back_ = nowhere;
};

}  // namespace hecaton::detail::scheduling
