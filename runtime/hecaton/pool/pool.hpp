// Pool: a root that drives, and ranks that serve it.
#pragma once

#include <cstdint>
#include <hecaton/pool/pool_calls.hpp>
#include <hecaton/pool/report.hpp>
#include <hecaton/pool/shared.hpp>
#include <hecaton/transport/communicator.hpp>
#include <memory>

namespace hecaton {

/// The same pool with other options; see Pool::with.
class [[nodiscard("the pool itself stays as it is: make the call through what with() returns")]] PoolWithOptions
    : public PoolCalls {
  public:
    /// The same pool, with what `changes` has other than by default, and these options for the rest:
    /// pool.with({.isolate = true}).with({.attempts = 1}) has both. (An option is set back by a `with` of the pool.)
    PoolWithOptions with(MapOptions changes) const;

  private:
    friend detail::PoolAccess;
    PoolWithOptions(std::shared_ptr<detail::PoolState> state, MapOptions options)
        : PoolCalls(std::move(state), std::move(options)) {}
};

/// A call throws std::bad_alloc when there is no memory for its items or its results; the pool stays usable. When the
/// machinery itself fails (no memory to drive the pool, MPI, a worker that can go on no longer), the pool has failed:
/// every call that is under way ends with that error at once, every process with it, and later calls throw it as well.
/// Such a pool can be closed and joined as any other.
class Pool : public PoolCalls {
  public:
    /// Collective over the communicator (an MPI_Comm, a boost::mpi::communicator), which is duplicated. The ranks
    /// compare their programs and options: different ones are a UsageError on every rank.
    explicit Pool(Communicator communicator, const PoolOptions& options = {});
    /// On the root: waits for all work and lets the other ranks go; when an exception passes by, cancels what has not
    /// started instead of waiting for it. On the others: serves, if serve() was not called.
    ~Pool();
    Pool(Pool&&) noexcept = default;
    Pool& operator=(Pool&&) = delete;

    bool is_root() const noexcept;
    /// On every rank but the root: runs tasks until the root has closed and joined the pool. Returns the status that
    /// the root gave, 0 unless hecaton::run says otherwise.
    int serve();

    /// The ranks that run tasks; those that have died do not count.
    int size() const noexcept;

    /// The same pool with options for the calls made through it: pool.with({.chunk_size = 1}).map(f, xs).
    PoolWithOptions with(MapOptions options);

    /// Sends the value once to each node; tasks use it through the handle, which a lambda captures by value. It lives
    /// until release() or the pool's end. Vectors of trivially copyable values, and such values themselves, are in
    /// memory once on a node, the root's own included (a vector that is moved in gives its memory back); of other types
    /// each rank that uses the value has its own.
    template <class T>
    auto broadcast(T&& value) {
        using Value = detail::travels_as_t<std::decay_t<T>>;
        detail::require_travels<Value>();
        check("broadcast");
        return detail::PoolAccess::make<Shared<Value>>(share(detail::new_shared<Value>(std::forward<T>(value))));
    }
    /// Frees the value on every rank; the handle and its copies are void from then on.
    template <class T>
    void release(Shared<T> shared) {
        release_shared(detail::PoolAccess::id(shared));
    }

    /// No new work from now on; what was submitted goes on. Can be repeated.
    void close();
    /// Cancels all work that has not started, and closes. Prompt: it does not wait for what runs.
    void terminate();
    /// After close() or terminate(): waits until all work is done and every rank has left serve(). Collective in that
    /// sense.
    void join();

    /// What the last blocking call did; throws UsageError before the first one.
    Report last_map() const;
    /// The same.
    Report report() const { return last_map(); }

  private:
    friend detail::PoolAccess;
    // Makes a value known to every rank, this one included; returns its number.
    std::uint64_t share(detail::NewShared shared);
    void release_shared(std::uint64_t id);

    int exceptions_;
};

}  // namespace hecaton
