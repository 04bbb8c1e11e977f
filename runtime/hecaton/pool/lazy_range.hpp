// LazyRange: the range that imap, imap_unordered and their forms with outcomes return.
#pragma once

#include <cstddef>
#include <cstring>
#include <exception>
#include <hecaton/pool/calls/pool_access.hpp>
#include <hecaton/pool/calls/signature.hpp>
#include <hecaton/pool/lazy/stream.hpp>
#include <hecaton/pool/report.hpp>
#include <hecaton/tasks/item_runner.hpp>
#include <hecaton/tasks/outcome.hpp>
#include <hecaton/tasks/task_table.hpp>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace hecaton {
namespace detail {

// R is what f returns, or the Outcome of that.
template <class R>
struct LazyElement {
    using result = R;
    using type = std::conditional_t<std::is_void_v<R>, std::monostate, R>;
    static constexpr bool is_outcome = false;
};
template <class R>
struct LazyElement<Outcome<R>> {
    using result = R;
    using type = Outcome<R>;
    static constexpr bool is_outcome = true;
};

/// A lazy call of that callable, with nothing else said of it.
template <class F, class Runner>
LazyCall make_lazy_call(const F& f, const MapOptions& options,
                        const std::shared_ptr<const std::vector<std::string>>& hosts) {
    LazyCall call{.task = Registered<Runner>::id,
                  .closure = {},
                  .signature = signature_of<Runner, typename Runner::Result>(),
                  .options = options,
                  .hosts = hosts};
    encode_callable<F>(call.closure, call.signature, f);
    return call;
}

/// The current element of a LazyRange.
template <class R>
class LazyCursor {
    using Result = typename LazyElement<R>::result;
    static constexpr bool is_outcome = LazyElement<R>::is_outcome;

  public:
    using Element = typename LazyElement<R>::type;

    explicit LazyCursor(std::unique_ptr<LazyStream> stream) : stream_(std::move(stream)) {}

    /// Goes to the first element, or on if the current one's error has been thrown.
    void begin() {
        stream_->check_thread();
        if (stream_->place() == LazyStream::Place::fresh || thrown_) advance();
    }
    void advance() {
        stream_->check_thread();  // before the current element goes
        if (untaken_) take();
        element_.reset();
        error_ = nullptr;
        thrown_ = false;
        try {
            stream_->advance();
        } catch (...) {  // there is no memory to go on
            error_ = std::current_exception();
            throw;
        }
        if (stream_->place() != LazyStream::Place::item) return;
        untaken_ = true;
        try {
            take();
        } catch (...) {  // element() tries again, and says so
        }
    }
    bool at_end() const noexcept { return stream_->place() == LazyStream::Place::end; }
    Element& element() {
        if (untaken_) take();
        if (element_) return *element_;
        throw_error();
    }
    Report report() const { return stream_->report(); }

  private:
    // The current item becomes the element, or the error. When there is no memory for it, it stays where it is.
    void take() {
        const Reader before = stream_->values();
        try {
            take_item();
            untaken_ = false;
        } catch (...) {
            stream_->values() = before;
            element_.reset();
            error_ = nullptr;
            throw;
        }
    }

    void take_item() {
        if constexpr (is_outcome) describe(element_.emplace());
        if (const ErrorRecord* error = stream_->error()) {
            // An array of results has a place for each item, unless the whole chunk failed.
            if constexpr (array_result<Result>) {
                if (stream_->values().remaining() != 0) stream_->values().take(sizeof(Result));
            }
            fail(*error);
        } else {
            take_value();
        }
    }

    // A result that does not decode fails its own item only: frames (and array elements) have known lengths.
    void take_value() {
        Reader& values = stream_->values();
        if constexpr (std::is_void_v<Result>) {
            set();
        } else if constexpr (array_result<Result>) {
            set(read_bytes_as<Result>(values.take(sizeof(Result))));
        } else {
            Reader frame(next_frame(values));
            try {
                set(decode<Result>(frame));
            } catch (...) {
                fail(current_exception_record(stream_->index(), stream_->chunk().rank));
                stream_->add_failure();
            }
        }
    }

    void describe(Element& outcome) {
        const ChunkResults& chunk = stream_->chunk();
        outcome.index = stream_->index();
        if (chunk.times.empty()) return;  // it was never run
        ItemTime time;
        std::memcpy(&time, chunk.times.data() + (stream_->index() - chunk.first) * sizeof time, sizeof time);
        outcome.rank = chunk.rank;
        outcome.host = stream_->host();
        outcome.attempts = static_cast<std::uint32_t>(time.attempts);
        outcome.started = time.started;
        outcome.duration = time.duration;
    }

    template <class... Value>
    void set(Value&&... value) {
        if constexpr (is_outcome) {
            PoolAccess::set_value(*element_, std::forward<Value>(value)...);
        } else {
            element_.emplace(std::forward<Value>(value)...);
        }
    }

    void fail(const ErrorRecord& error) {
        if constexpr (is_outcome) {
            PoolAccess::set_error(*element_, error);
        } else {
            error_ = to_exception(error);
        }
    }

    [[noreturn]] void throw_error() {
        thrown_ = true;
        std::rethrow_exception(error_ ? error_ : stream_->failure());
    }

    std::unique_ptr<LazyStream> stream_;
    std::optional<Element> element_;
    std::exception_ptr error_;
    bool thrown_ = false;
    bool untaken_ = false;  // the stream is at an item that is neither in element_ nor in error_ yet
};

}  // namespace detail

/// A C++20 input range, move-only, of R (std::monostate where f returns nothing, Outcome<R> from imap_outcomes). To be
/// used by one thread at a time, on the root.
///
/// *it throws the error of its item, each time; begin() and ++ never do. A begin() after such a throw goes on after
/// that item, otherwise begin() gives the current element again. Where the input threw, *it throws that same object,
/// and the range ends after it. Where the pool was terminated, or joined, before an item was run or read, *it throws
/// TaskCancelled.
///
/// The range's destructor cancels the items that have not started. The range outlives its pool.
template <class R>
class [[nodiscard("what it has not yielded is cancelled when it goes: iterate over it")]] LazyRange {
    using Cursor = detail::LazyCursor<R>;

  public:
    class iterator {
      public:
        using iterator_concept = std::input_iterator_tag;
        using value_type = typename Cursor::Element;
        using difference_type = std::ptrdiff_t;

        iterator() = default;
        /// The value may be moved from.
        value_type& operator*() const { return cursor_->element(); }
        value_type* operator->() const { return std::addressof(cursor_->element()); }
        iterator& operator++() {
            cursor_->advance();
            return *this;
        }
        void operator++(int) { cursor_->advance(); }
        bool operator==(std::default_sentinel_t) const noexcept { return cursor_->at_end(); }

      private:
        friend LazyRange;
        explicit iterator(Cursor& cursor) : cursor_(&cursor) {}
        Cursor* cursor_ = nullptr;
    };

    /// Waits for the first element, when called for the first time.
    iterator begin() {
        cursor_->begin();
        return iterator(*cursor_);
    }
    std::default_sentinel_t end() const noexcept { return {}; }

    /// The report of the call. Throws UsageError before the end was reached.
    Report report() const { return cursor_->report(); }

  private:
    friend detail::PoolAccess;
    explicit LazyRange(std::unique_ptr<detail::LazyStream> stream)
        : cursor_(std::make_unique<Cursor>(std::move(stream))) {}

    std::unique_ptr<Cursor> cursor_;
};

namespace detail {
/// In place of a LazyRange when the call's types were refused: the static_assert is then the only error, and the
/// caller's loop still sees a type. There are no objects of it at run time.
template <class R>
struct RefusedRange {
    typename LazyElement<R>::type* begin();
    typename LazyElement<R>::type* end();
    Report report() const;
};
}  // namespace detail

}  // namespace hecaton
