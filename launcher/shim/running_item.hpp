// The item of a pool's call that a rank is running, which its shim can still read when the rank has ended.
#pragma once

#include <hecaton/foundation/memory_file.hpp>
#include <memory>

#include <launcher/link/messages.hpp>

namespace hecaton::launcher {

/// To be made before the rank is started. Ranks without hecaton's runtime never write to the page that is read here.
class RunningItem {
  public:
    /// Tells the processes that are started from now on where to write. Where there is no memory for a page, look()
    /// knows no item.
    RunningItem();

    /// The item in the middle of which the rank ended. None where several of its threads were running items: nobody
    /// knows which of them ended it.
    link::Item look() const;

  private:
    std::shared_ptr<detail::MemoryFile> file_;
    std::shared_ptr<const std::byte> page_;
};

}  // namespace hecaton::launcher
