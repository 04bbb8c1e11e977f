// region: names a stretch of the program for reports and traces.
#pragma once

#include <cstdint>
#include <string_view>

namespace hecaton {

/// From here to the end of its scope the rank does what the name says: `hecaton::region r("read");`. A report shows it
/// beside the pool's calls and the collectives. Any thread of a rank, also in a task (but not in one that is isolated,
/// nor in a hecaton::Process), on any rank and as often as wanted; regions may lie within each other. `name` has to
/// live as long as the region; at most 68 bytes of it are shown. Where nothing is recorded it costs nothing.
class [[nodiscard("it ends at once: give it a name")]] region {
  public:
    explicit region(std::string_view name) noexcept;
    ~region();
    region(const region&) = delete;
    region& operator=(const region&) = delete;

  private:
    const std::string_view name_;
    const std::int64_t start_;
};

}  // namespace hecaton
