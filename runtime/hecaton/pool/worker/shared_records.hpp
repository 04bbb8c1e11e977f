// A worker's part in shared values: it receives their bytes, or opens the file of a rank of its node.
#pragma once

#include <hecaton/pool/worker/output.hpp>
#include <hecaton/pool/worker/wire.hpp>
#include <hecaton/transport/endpoint.hpp>
#include <memory>

namespace hecaton::detail {

/// Receives large shared values right into memory files, every other bulk into memory of its own.
class SharedLanding final : public Landing {
  public:
    std::byte* place(int from, std::span<const std::byte> head, std::size_t size) override;
};

/// Carries out the next record of `message`, which is about a shared value; answers to it go into `output`.
void take_shared(wire::RecordReader& records, const std::shared_ptr<const Message>& message, WorkerOutput& output);

}  // namespace hecaton::detail
