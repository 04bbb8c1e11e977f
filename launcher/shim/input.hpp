// Standard input on its way from the launcher to a rank.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <launcher/link/sockets.hpp>

namespace hecaton::launcher {

class RankInput {
  public:
    void add(std::string_view bytes) { waiting_ += bytes; }
    /// Nothing comes after what was added.
    void end() noexcept { ended_ = true; }
    bool empty() const noexcept { return waiting_.empty(); }

    /// Writes as much to the rank's pipe as it has room for, and closes it at the end. Where the rank does not read any
    /// more, input is thrown away. Returns the number of bytes that were written or thrown away.
    std::size_t give(Descriptor& pipe);

  private:
    std::string waiting_;
    bool ended_ = false;
};

}  // namespace hecaton::launcher
