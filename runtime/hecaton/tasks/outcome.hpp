// Outcome: the value or the error of one item, and where and when the item ran.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <hecaton/foundation/error.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace hecaton {

namespace detail {
struct PoolAccess;
}

/// An item's error as a value: it says what a TaskError says, and can be thrown with its original standard type.
class ItemError final : public TaskError {
  public:
    /// The exception, for std::rethrow_exception.
    const std::exception_ptr& exception() const noexcept { return exception_; }
    operator const std::exception_ptr&() const noexcept { return exception_; }

  private:
    template <class R>
    friend class Outcome;
    explicit ItemError(const detail::ErrorRecord& record)
        : TaskError(record.index, record.rank, record.host, record.type_name, record.text),
          exception_(detail::to_exception(record)) {}

    std::exception_ptr exception_;
};

template <class R>
class Outcome {
    using Stored = std::conditional_t<std::is_void_v<R>, std::monostate, R>;

  public:
    std::uint64_t index = 0;                        ///< position in the input, from 0
    int rank = -1;                                  ///< the rank that ran it, -1 when none did
    std::string host;                               ///< that rank's host
    std::uint32_t attempts = 0;                     ///< how often it was run (above 1 after a lost sandbox)
    std::chrono::system_clock::time_point started;  ///< when it began, by that host's clock
    std::chrono::duration<double> duration{};       ///< how long it took, by the wall clock

    bool has_value() const noexcept { return value_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }

    /// The value. Throws the item's error where there is none.
    decltype(auto) value() const& {
        check();
        if constexpr (!std::is_void_v<R>) return static_cast<const Stored&>(*value_);
    }
    decltype(auto) value() & {
        check();
        if constexpr (!std::is_void_v<R>) return static_cast<Stored&>(*value_);
    }
    R value() && {
        check();
        if constexpr (!std::is_void_v<R>) return std::move(*value_);
    }

    /// The error. Throws UsageError where there is a value.
    const ItemError& error() const {
        if (!error_)
            throw UsageError("Outcome::error() was called for an item that has a value: ask has_value() first");
        return *error_;
    }

  private:
    friend detail::PoolAccess;
    template <class... Value>
    void set_value(Value&&... value) {
        value_.emplace(std::forward<Value>(value)...);
        error_.reset();
    }
    void set_error(const detail::ErrorRecord& record) {
        value_.reset();
        error_ = ItemError(record);
    }
    void check() const {
        if (value_) return;
        if (error_) std::rethrow_exception(error_->exception());
        throw UsageError("Outcome::value() was called for an item that has not run");
    }

    std::optional<Stored> value_;
    std::optional<ItemError> error_;
};

}  // namespace hecaton
