#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/traffic/failure.hpp>
#include <new>

namespace hecaton::detail {
namespace {

// A std::bad_alloc that says for what there was no memory. It takes none itself.
class OutOfMemory final : public std::bad_alloc, public virtual Error {
  public:
    explicit OutOfMemory(const char* text) noexcept : text_(text) {}
    const char* what() const noexcept override { return text_; }

  private:
    const char* text_;
};

}  // namespace

std::exception_ptr current_failure(const char* text) noexcept {
    try {
        throw;
    } catch (const Error&) {  // it says what happened already
        return std::current_exception();
    } catch (const std::bad_alloc&) {
        return std::make_exception_ptr(OutOfMemory(text));
    } catch (...) {
        return std::current_exception();
    }
}

}  // namespace hecaton::detail
