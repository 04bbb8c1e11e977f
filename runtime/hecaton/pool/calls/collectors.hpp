// Collectors: the objects that take the results of a map.
#pragma once

#include <cstdint>
#include <cstring>
#include <hecaton/foundation/host.hpp>
#include <hecaton/pool/calls/job.hpp>
#include <hecaton/pool/calls/pool_access.hpp>
#include <hecaton/tasks/item_runner.hpp>
#include <hecaton/tasks/outcome.hpp>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace hecaton::detail {

// Common to all collectors.
struct PlainCollector {
    static constexpr bool wants_times = false;
    static constexpr bool keeps_errors = false;
    void about(std::uint64_t, const ChunkResults&, const ItemTime&) {}
    void error(const ErrorRecord&) {}
};

/// map: a vector in input order. Results that are plain bytes are written and received right into it.
template <class R>
class CollectVector : public PlainCollector {
    static constexpr bool ready_made =
        std::is_default_constructible_v<R> && std::is_move_assignable_v<R> && !std::is_same_v<R, bool>;
    using Slots = std::conditional_t<ready_made, std::vector<R>, std::vector<std::optional<R>>>;

  public:
    explicit CollectVector(std::uint64_t items) : slots_(items) {}
    std::span<std::byte> in_place(std::uint64_t first, std::uint64_t count) requires(ready_made&& TravelsAsBytes<R>) {
        return std::as_writable_bytes(std::span(slots_).subspan(first, count));
    }
    void value(std::uint64_t i, R&& value) {
        if constexpr (ready_made) {
            slots_[i] = std::move(value);
        } else {
            slots_[i].emplace(std::move(value));
        }
    }
    std::vector<R>& result() {
        if constexpr (ready_made) {
            return slots_;
        } else {
            if (results_.empty()) {
                results_.reserve(slots_.size());
                for (auto& slot : slots_) results_.push_back(std::move(*slot));
                Slots().swap(slots_);
            }
            return results_;
        }
    }

  private:
    Slots slots_;
    std::conditional_t<ready_made, std::monostate, std::vector<R>> results_;
};

/// map of a function that returns nothing.
class CollectNothing : public PlainCollector {
  public:
    explicit CollectNothing(std::uint64_t) {}
    void value(std::uint64_t) {}
    void result() {}
};

/// apply: the value of the one item.
template <class R>
class CollectOne : public PlainCollector {
  public:
    explicit CollectOne(std::uint64_t) {}
    void value(std::uint64_t, R&& value) { value_.emplace(std::move(value)); }
    R& result() { return *value_; }

  private:
    std::optional<R> value_;
};

/// map_outcomes: value or error of each item, with where and when.
template <class R>
class CollectOutcomes : public PlainCollector {
  public:
    static constexpr bool wants_times = true;
    static constexpr bool keeps_errors = true;

    /// `hosts[rank]` is the name of that rank's host.
    CollectOutcomes(std::uint64_t items, std::shared_ptr<const std::vector<std::string>> hosts)
        : outcomes_(items), hosts_(std::move(hosts)) {}

    void about(std::uint64_t i, const ChunkResults& results, const ItemTime& time) {
        Outcome<R>& outcome = outcomes_[i];
        outcome.index = i;
        outcome.rank = results.rank;
        outcome.host = results.host.empty() ? (*hosts_)[static_cast<std::size_t>(results.rank)] : results.host;
        outcome.attempts = static_cast<std::uint32_t>(time.attempts);
        outcome.started = time.started;
        outcome.duration = time.duration;
    }
    template <class... Value>
    void value(std::uint64_t i, Value&&... value) {
        PoolAccess::set_value(outcomes_[i], std::forward<Value>(value)...);
    }
    void error(const ErrorRecord& record) {
        outcomes_[record.index].index = record.index;
        PoolAccess::set_error(outcomes_[record.index], record);
    }
    std::vector<Outcome<R>>& result() { return outcomes_; }

  private:
    std::vector<Outcome<R>> outcomes_;
    std::shared_ptr<const std::vector<std::string>> hosts_;
};

/// The collector of a plain map of R.
template <class R>
struct VectorOf {
    using type = CollectVector<R>;
};
template <>
struct VectorOf<void> {
    using type = CollectNothing;
};

/// The collector of one call that returns R.
template <class R>
struct OneOf {
    using type = CollectOne<R>;
};
template <>
struct OneOf<void> {
    using type = CollectNothing;
};

}  // namespace hecaton::detail
