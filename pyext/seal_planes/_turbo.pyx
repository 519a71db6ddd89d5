# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, embedsignature=False
"""Thin binding of libjpeg-turbo, and the buffer that every decoded picture lives in.

Only two jobs are here: to call the C library without the GIL, and to own memory that Python cannot write to. What is
accepted, and which error a caller sees, is decided in Python (``_jpeg.py``, ``_slow.py``).
"""

from cpython.buffer cimport (
    PyBUF_ANY_CONTIGUOUS, PyBUF_C_CONTIGUOUS, PyBUF_F_CONTIGUOUS, PyBUF_FORMAT, PyBUF_ND, PyBUF_STRIDES, PyBUF_WRITABLE,
)
from libc.stdint cimport uint8_t
from libc.stdlib cimport free
from libc.string cimport memcpy, memset

from seal_planes.turbojpeg cimport *

cdef extern from "<string.h>" nogil:
    # Unlike memset before free, this may not be optimised away.
    void explicit_bzero(void *memory, size_t size)

cdef extern from "<stdlib.h>" nogil:
    int posix_memalign(void **memory, size_t alignment, size_t size)

cdef enum:
    ALIGNMENT = 64
    MAX_PLANES = 3
    # Larger sizes are refused before any arithmetic that could overflow; JPEG itself ends at 65,535.
    MAX_SIDE = 1 << 20

# The first pass stops at the first warning, so that a damaged file costs little time. It is decoded a second time, to
# the end, only if the caller tolerates that very warning.
cdef int LENIENT = TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS
cdef int STRICT = LENIENT | TJFLAG_STOPONWARNING

cdef extern from *:
    """
    #ifndef SEALMATCH_DEBUG
    #define SEALMATCH_DEBUG 0
    #endif
    """
    bint SEALMATCH_DEBUG

BUILD_PROFILE = "debug" if SEALMATCH_DEBUG else "release"


class TurboError(Exception):
    """libjpeg-turbo refused the data, or warned of it; ``args[0]`` is its message."""


class TurboUnsuitedError(Exception):
    """The JPEG has no planes that we can hand out as they are: stored as RGB, or an unusual sampling."""


cdef class Memory:
    """One 64-byte-aligned allocation, wiped before it goes back to the allocator. Python never sees it directly."""

    cdef uint8_t *start
    cdef size_t size

    def __cinit__(self, size_t size):
        cdef void *memory = NULL
        cdef int failed
        with nogil:
            failed = posix_memalign(&memory, ALIGNMENT, size)
        if failed:
            raise MemoryError(f"no memory for {size} bytes of image planes")
        self.start = <uint8_t *>memory
        self.size = size

    def __dealloc__(self):
        if self.start != NULL:
            with nogil:
                explicit_bzero(self.start, self.size)
                free(self.start)


cdef class Plane:
    """A read-only picture of ``rows`` x ``cols`` bytes, each row 64-byte aligned, for the buffer protocol.

    Every exported view keeps the plane alive, and the plane keeps the allocation alive.
    """

    cdef Memory memory
    cdef uint8_t *start
    cdef Py_ssize_t shape[2]
    cdef Py_ssize_t strides[2]

    def __init__(self):
        raise TypeError("planes are made by the decoder only")

    @property
    def rows(self):
        return self.shape[0]

    @property
    def cols(self):
        return self.shape[1]

    @property
    def stride(self):
        return self.strides[0]

    def __getbuffer__(self, Py_buffer *view, int flags):
        cdef bint padded = self.strides[0] != self.shape[1]
        cdef bint wants_c = (flags & (PyBUF_C_CONTIGUOUS | PyBUF_ANY_CONTIGUOUS)) & ~PyBUF_STRIDES
        cdef bint wants_fortran = flags & PyBUF_F_CONTIGUOUS & ~PyBUF_STRIDES
        if flags & PyBUF_WRITABLE:
            raise BufferError("image planes are read-only")
        if wants_fortran or (padded and (wants_c or (flags & PyBUF_STRIDES) != PyBUF_STRIDES)):
            raise BufferError("the rows of an image plane are padded: ask for strides")
        view.buf = self.start
        view.obj = self
        view.len = self.shape[0] * self.shape[1]
        view.readonly = 1
        view.itemsize = 1
        view.format = NULL
        if flags & PyBUF_FORMAT:
            view.format = b"B"
        view.ndim = 2
        view.shape = self.shape if flags & PyBUF_ND else NULL
        view.strides = self.strides if (flags & PyBUF_STRIDES) == PyBUF_STRIDES else NULL
        view.suboffsets = NULL
        view.internal = NULL


cdef struct Layout:
    int count
    int rows[MAX_PLANES]
    int cols[MAX_PLANES]
    int strides[MAX_PLANES]
    size_t offsets[MAX_PLANES]
    size_t size


cdef int lay_out(Layout *layout) except -1:
    """Fill strides, offsets and size from rows and cols; every size is checked here, before any allocation."""
    cdef int i
    layout.size = 0
    for i in range(layout.count):
        if not (0 < layout.rows[i] <= MAX_SIDE and 0 < layout.cols[i] <= MAX_SIDE):
            raise ValueError(f"a plane of {layout.cols[i]} x {layout.rows[i]} pixels is out of range")
        layout.strides[i] = (layout.cols[i] + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT
        layout.offsets[i] = layout.size
        layout.size += <size_t>layout.strides[i] * <size_t>layout.rows[i]
    return 0


cdef Plane expose(Memory memory, size_t offset, int stride, int rows, int cols):
    """Make the Python object for one plane that lies inside `memory`."""
    cdef Plane plane = Plane.__new__(Plane)
    plane.memory = memory
    plane.start = memory.start + offset
    plane.shape[0] = rows
    plane.shape[1] = cols
    plane.strides[0] = stride
    plane.strides[1] = 1
    return plane


cdef void copy_rows(uint8_t *out, size_t stride, const uint8_t[:, :] source) noexcept nogil:
    """Copy `source`, whatever its strides, in blocks: a turned picture is read across its rows."""
    cdef Py_ssize_t rows = source.shape[0], cols = source.shape[1], row, col, top, left
    if source.strides[1] == 1:
        for row in range(rows):
            memcpy(out + row * stride, &source[row, 0], cols)
        return
    for top in range(0, rows, 64):
        for left in range(0, cols, 64):
            for row in range(top, min(top + 64, rows)):
                for col in range(left, min(left + 64, cols)):
                    out[row * stride + col] = source[row, col]


def from_arrays(list arrays not None):
    """Copy one to three 2-D uint8 arrays, of any strides, into fresh planes of one allocation."""
    cdef Layout layout
    cdef const uint8_t[:, :] source
    cdef Memory memory
    cdef int i
    if not 1 <= len(arrays) <= MAX_PLANES:
        raise ValueError(f"{len(arrays)} planes; a picture has one to three")
    layout.count = <int>len(arrays)
    for i in range(layout.count):
        source = arrays[i]
        if source.shape[0] > MAX_SIDE or source.shape[1] > MAX_SIDE:
            raise ValueError(f"a plane of {source.shape[1]} x {source.shape[0]} pixels is out of range")
        layout.rows[i] = <int>source.shape[0]
        layout.cols[i] = <int>source.shape[1]
    lay_out(&layout)
    memory = Memory(layout.size)
    planes = []
    for i in range(layout.count):
        source = arrays[i]
        if source.shape[0] != layout.rows[i] or source.shape[1] != layout.cols[i]:
            raise ValueError("an array changed its shape while it was copied")
        with nogil:
            copy_rows(memory.start + layout.offsets[i], layout.strides[i], source)
        planes.append(expose(memory, layout.offsets[i], layout.strides[i], layout.rows[i], layout.cols[i]))
    return planes


cdef class Decompressor:
    """A TurboJPEG handle that is given back however the call ends."""

    cdef tjhandle handle

    def __cinit__(self):
        with nogil:
            self.handle = tjInitDecompress()
        if self.handle == NULL:
            raise MemoryError("no memory for a JPEG decoder")

    def __dealloc__(self):
        if self.handle != NULL:
            with nogil:
                tjDestroy(self.handle)

    cdef bint only_warned(self, bytes text) except -1:
        """Tell whether the last call ended with exactly the warning that ends in `text`."""
        cdef const char *words
        cdef int code
        with nogil:
            words = tjGetErrorStr2(self.handle)
            code = tjGetErrorCode(self.handle)
        return code == TJERR_WARNING and len(text) > 0 and (<bytes>words).endswith(text)

    cdef int fail(self) except -1:
        """Raise what libjpeg-turbo said."""
        cdef const char *words
        with nogil:
            words = tjGetErrorStr2(self.handle)
        raise TurboError((<bytes>words).decode("latin-1"))


cdef dict SHIFTS = {
    TJSAMP_444: (0, 0), TJSAMP_422: (1, 0), TJSAMP_420: (1, 1),
    TJSAMP_440: (0, 1), TJSAMP_411: (2, 0), TJSAMP_GRAY: (0, 0),
}


def decode_jpeg(bytes data not None, int width, int height, int scale_denom, bytes tolerated=b""):
    """Decode a grey or YCbCr JPEG into planes, scaled by 1/`scale_denom` in the DCT domain.

    Parameters
    ----------
    data : bytes
        The whole file. Only ``bytes`` will do: a mutable buffer could change between the two looks at its header.
    width, height : int
        The size in the header, in pixels, that the caller has checked against its limits. Another size is refused.
    scale_denom : int
        1, 2, 4 or 8.
    tolerated : bytes
        The end of the one libjpeg warning that is not an error.

    Returns
    -------
    tuple
        The list of planes (one or three), ``chroma_shift_x``, ``chroma_shift_y``.

    Raises
    ------
    TurboUnsuitedError
        Where `decode_jpeg_rgb` must be asked instead.
    TurboError
        With libjpeg's own words, for the caller to translate.
    """
    cdef Decompressor decoder = Decompressor()
    cdef const unsigned char *source = data
    cdef unsigned long size = len(data)
    cdef int found_width = 0, found_height = 0, subsamp = 0, colourspace = 0, status, flags, i
    cdef Layout layout
    cdef uint8_t *starts[MAX_PLANES]
    cdef Memory memory

    if scale_denom not in (1, 2, 4, 8):
        raise ValueError(f"scale_denom is {scale_denom}, not 1, 2, 4 or 8")
    with nogil:
        status = tjDecompressHeader3(decoder.handle, source, size, &found_width, &found_height, &subsamp, &colourspace)
    if status != 0 or not (colourspace == TJCS_GRAY or (colourspace == TJCS_YCbCr and subsamp in SHIFTS)):
        raise TurboUnsuitedError
    if found_width != width or found_height != height:
        raise TurboError(f"the size is {found_width} x {found_height}, not {width} x {height}")

    cdef int out_width = (width + scale_denom - 1) // scale_denom
    cdef int out_height = (height + scale_denom - 1) // scale_denom
    layout.count = 1 if subsamp == TJSAMP_GRAY else MAX_PLANES
    for i in range(layout.count):
        with nogil:
            layout.cols[i] = tjPlaneWidth(i, out_width, subsamp)
            layout.rows[i] = tjPlaneHeight(i, out_height, subsamp)
    lay_out(&layout)
    memory = Memory(layout.size)
    for i in range(layout.count):
        starts[i] = memory.start + layout.offsets[i]
    for flags in (STRICT, LENIENT):
        with nogil:
            status = tjDecompressToYUVPlanes(decoder.handle, source, size, starts, out_width, layout.strides,
                                             out_height, flags)
        if status == 0:
            break
        if not decoder.only_warned(tolerated):
            decoder.fail()

    # libjpeg-turbo pads the luma to whole chroma samples; the picture ends before that.
    layout.cols[0] = out_width
    layout.rows[0] = out_height
    planes = []
    for i in range(layout.count):
        planes.append(expose(memory, layout.offsets[i], layout.strides[i], layout.rows[i], layout.cols[i]))
    shift_x, shift_y = SHIFTS[subsamp]
    return planes, shift_x, shift_y


def decode_jpeg_rgb(bytes data not None, int width, int height, int scale_denom, bytes tolerated=b""):
    """Decode any other 8-bit JPEG to one plane of packed R, G, B, three bytes a pixel; arguments as in `decode_jpeg`."""
    cdef Decompressor decoder = Decompressor()
    cdef const unsigned char *source = data
    cdef unsigned long size = len(data)
    cdef int status, flags
    cdef Layout layout
    cdef Memory memory

    if scale_denom not in (1, 2, 4, 8):
        raise ValueError(f"scale_denom is {scale_denom}, not 1, 2, 4 or 8")
    if not (0 < width <= 65535 and 0 < height <= 65535):
        raise ValueError(f"{width} x {height} pixels are not the size of a JPEG")
    cdef int out_width = (width + scale_denom - 1) // scale_denom
    cdef int out_height = (height + scale_denom - 1) // scale_denom
    layout.count = 1
    layout.cols[0] = 3 * out_width
    layout.rows[0] = out_height
    lay_out(&layout)
    memory = Memory(layout.size)
    with nogil:
        # libjpeg-turbo picks the scale itself: should it read another size than our caller did, the rest stays black.
        memset(memory.start, 0, layout.size)
    for flags in (STRICT, LENIENT):
        with nogil:
            status = tjDecompress2(decoder.handle, source, size, memory.start, out_width, layout.strides[0],
                                   out_height, TJPF_RGB, flags)
        if status == 0:
            break
        if not decoder.only_warned(tolerated):
            decoder.fail()
    return expose(memory, 0, layout.strides[0], layout.rows[0], layout.cols[0])
