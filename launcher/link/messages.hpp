// The messages between the launcher and the shim around each rank: frames of a kind and some bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hecaton::launcher::link {

/// From the shim: hello (Hello), output and error (bytes of the rank), ended (Ended), taken (number of bytes of input
/// that the rank took), library (the MPI library that it has loaded), closed (nothing more comes; names of processes
/// that the rank had started and that had to be ended after it), stopped (it wanted the terminal). To the shim: signal
/// (its number), end (a signal; then SIGKILL after the grace), input (bytes), input_end, leave (the shim may end).
enum class Kind : std::uint8_t {
    hello = 1,
    output,
    error,
    ended,
    taken,
    library,
    closed,
    stopped,
    signal = 16,
    end,
    input,
    input_end,
    leave
};

/// One message.
struct Frame {
    Kind kind{};
    std::string body;
};

/// The most that one frame may carry.
inline constexpr std::size_t largest_body = 64 * 1024;

/// The bytes of a frame; `body` is not larger than largest_body.
std::string frame(Kind kind, std::string_view body = {});
std::string frame(Kind kind, int number);

/// The number that a frame carries; 0 where it carries none.
int number(const std::string& body);

/// Puts frames together again from bytes as they arrive.
class FrameReader {
  public:
    void append(std::string_view bytes) { bytes_.append(bytes); }
    /// The next whole frame. Throws std::runtime_error for bytes that are no frame.
    std::optional<Frame> next();

  private:
    std::string bytes_;
    std::size_t at_ = 0;
};

/// A shim's introduction of itself and of the rank that it has started.
struct Hello {
    std::string token;  ///< shows that the launcher sent it
    int rank = -1;      ///< -1 where the engine did not tell
    int size = -1;      ///< of the world, as the engine told it
    std::string host;
    int pid = 0;         ///< of the rank; 0 where it could not be started
    std::string cores;   ///< that it may use: "0-3,8"
    bool wired = false;  ///< the engine gave it a way to find the other ranks (PMIx or PMI)
};

/// The item of a pool's call that a rank was running when it ended.
struct Item {
    bool running = false;  ///< false: none is known, and the other members mean nothing
    std::uint64_t index = 0;
    std::uint32_t attempt = 1;
    std::uint64_t items = 0;  ///< of the call; 0: not known
    std::string name = {};    ///< of the call; empty: it has none
};

/// The end of a rank.
struct Ended {
    int status = 0;          ///< exit status; 126 or 127 where the program could not be run
    int signal = 0;          ///< that ended it; 0 for none
    bool asked = false;      ///< by a signal that the shim sent
    bool by_engine = false;  ///< because the engine had ended the stub
    bool out_of_memory = false;
    std::string problem;     ///< why the program could not be run
    Item item = {};          ///< that it was running
    int reason = 0;          ///< errno of the problem
    std::string fault = {};  ///< of the shim, which had to kill the rank; empty: it had none
};

std::string encode(const Hello& hello);
std::string encode(const Ended& ended);
/// A field that is missing or of another kind keeps its first value.
Hello decode_hello(const std::string& body);
Ended decode_ended(const std::string& body);

/// The way to the launcher, and the settings for the shim: one line of text for an environment variable.
struct Address {
    std::string local;                   ///< name of an abstract socket
    std::vector<std::string> addresses;  ///< of the launcher's machine
    int port = 0;                        ///< 0: only the local socket
    std::string token;
    int grace = 0;           ///< milliseconds
    int link_timeout = 0;    ///< milliseconds
    bool watch_mpi = false;  ///< report the MPI that the rank loads
    int open_files = 0;      ///< the limit for a rank on the launcher's machine; 0: the shim's
};

std::string encode(const Address& address);
/// Nothing for what is no address.
std::optional<Address> decode_address(const std::string& text);

/// The environment variable with the address. The shim keeps it from the rank.
inline constexpr const char* variable = "HECATON_CHANNEL";

}  // namespace hecaton::launcher::link
