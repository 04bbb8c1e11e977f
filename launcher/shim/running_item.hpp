// Which item of a pool's call a rank is running, as its shim can still see when the rank has ended.
#pragma once

#include <hecaton/foundation/memory_file.hpp>
#include <memory>

#include <launcher/link/messages.hpp>

namespace hecaton::launcher {

/// To be made before the rank is started. Ranks without hecaton's runtime never write what is read here.
class RunningItem {
  public:
    /// Tells the processes that are started from now on where to write. Without memory for it nothing is known later.
    RunningItem();

    /// What the rank was in the middle of. Nothing where several of its threads were running items: nobody knows which
    /// of them ended it.
    link::Item look() const;

  private:
    std::shared_ptr<detail::MemoryFile> file_;
    std::shared_ptr<const std::byte> page_;
};

}  // namespace hecaton::launcher
