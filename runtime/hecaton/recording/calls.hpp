// RecordedCall: a call of a pool in the recording.
#pragma once

#include <cstdint>
#include <hecaton/recording/events.hpp>
#include <hecaton/recording/lines.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hecaton::detail::recording {

/// The ranks of a pool.
struct PoolRanks {
    std::vector<int> world;  ///< as the world numbers them
    std::vector<std::string> hosts;

    int in_world(int rank) const noexcept;
};

/// Ranks are those of the pool. Any thread, and on() was true when it was made.
class RecordedCall {
  public:
    struct What {
        std::string_view kind;
        std::string_view name;
        std::uint64_t items = 0;  ///< 0: not known
        std::int64_t time = 0;    ///< when it has begun
    };
    RecordedCall(std::shared_ptr<const PoolRanks> ranks, const What& what);

    std::uint64_t number() const noexcept { return number_; }
    /// `after` is added to the items' numbers.
    void ran(int rank, std::span<const Piece> pieces, std::uint64_t after = 0) const noexcept;
    /// `error.call` and its rank are filled in.
    void failed(int rank, ErrorLine error) const noexcept;
    void lost(int rank, std::uint64_t index, std::uint64_t attempt) const noexcept;
    void end(const CallEnd& end) const noexcept;

  private:
    const std::shared_ptr<const PoolRanks> ranks_;
    const std::uint64_t number_;
};

/// A rank of the pool has died.
void note_lost_rank(const PoolRanks& ranks, int rank, std::string_view why) noexcept;

}  // namespace hecaton::detail::recording
