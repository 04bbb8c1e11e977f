// SharedLanding: receives large shared values right into memory files; everything else into memory of its own.
#pragma once

#include <hecaton/transport/endpoint.hpp>

namespace hecaton::detail {

class SharedLanding final : public Landing {
  public:
    std::byte* place(int from, std::span<const std::byte> head, std::size_t size) override;
};

}  // namespace hecaton::detail
