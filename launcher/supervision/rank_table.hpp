// The states of the ranks of one run, and the status that follows from them. No I/O, no clock.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <launcher/base/run_end.hpp>
#include <launcher/link/messages.hpp>

namespace hecaton::launcher {

/// One rank, as its shim describes it.
struct Rank {
    bool here = false;  ///< it was started
    bool ended = false;
    bool closed = false;       ///< nothing more comes from it
    bool lost = false;         ///< its shim went silent
    bool out_of_time = false;  ///< it asks to be run again, in a job whose time is limited: no failure
    bool survived = false;     ///< the job goes on without it
    int order = 0;             ///< of its end among all ends, from 1
    link::Hello hello = {};
    link::Ended how = {};
    std::string last_words = {};   ///< the end of its standard error
    std::string outlived_by = {};  ///< names of processes that it had started, and that had to be ended after it
};

/// All ranks.
class RankTable {
  public:
    using Predicate = std::function<bool(const Rank&)>;

    /// `size` 0: the first rank to come knows it.
    explicit RankTable(int size) { resize(size); }

    int size() const { return static_cast<int>(ranks_.size()); }
    const Rank& rank(int number) const { return ranks_.at(static_cast<std::size_t>(number)); }

    /// The answer to a rank that introduces itself: its number, or the fault of the world that it is in.
    struct Welcome {
        int rank = -1;
        std::string problem = {};
    };
    Welcome hello(const link::Hello& hello);

    /// From now on a rank that ends with the status out_of_time has not failed.
    void limit_time() { limited_ = true; }
    bool time_is_limited() const { return limited_; }
    void wrote_error(int rank, std::string_view bytes);
    void ended(int rank, const link::Ended& how);
    void closed(int rank, const std::string& outlived_by = {});
    /// It has ended, and the job goes on without it.
    void survived(int rank) { at(rank).survived = true; }
    /// Its shim is gone. That is a failure unless the rank's end was known before.
    void lost(int rank);

    bool out_of_time() const;  ///< some rank asks to be run again
    bool all_here() const;     ///< all ranks were started
    bool all_closed() const;   ///< nothing more comes from any rank
    /// The rank that failed first by itself; nothing where none did.
    std::optional<int> first_failure() const;
    /// The ranks that `is` holds for: "0-2, 5".
    std::string which(const Predicate& is) const;
    /// The lowest of them.
    std::optional<int> first(const Predicate& is) const;
    /// The ranks that still run, and those that have not come, as such lists.
    std::string still_running() const;
    std::string missing() const;

    /// Of the ranks that have ended.
    MemoryUse memory_use() const;

    /// 0 when every rank ended well and finished; out_of_time where some ask to be run again and none failed by itself;
    /// else the first failing rank's status, 128+n for signal n; 1 where
    /// ranks were ended, or did not come, and none failed by itself.
    int status() const;

  private:
    Rank& at(int number) { return ranks_.at(static_cast<std::size_t>(number)); }
    void resize(int size) { ranks_.resize(static_cast<std::size_t>(size)); }

    std::vector<Rank> ranks_;
    int ends_ = 0;
    bool limited_ = false;
};

/// The status that a rank's end stands for: its own, or 128+n.
int status_of(const link::Ended& how);

/// True when a job can go on without that rank, which has ended: it served a pool, or was in MPI_Finalize.
bool can_be_missed(const Rank& rank);

/// True when the job failed by it: it failed although neither we nor the engine had made it end, and it is missed.
bool failed_by_itself(const Rank& rank);

/// True when it ended by its own exit, whatever the status: it had the time to say why.
bool left_by_itself(const Rank& rank);

}  // namespace hecaton::launcher
